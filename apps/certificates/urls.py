"""The public addresses below `verify/`: whether a certificate counts, for anybody and without signing in."""

from django.urls import path

from apps.certificates import views

urlpatterns = [
    path("", views.ask_number, name="verify"),
    path("<str:number>.json", views.certificate_json, name="verify_json"),
    path("<str:number>", views.certificate_page, name="verify_certificate"),
]
