"""The page of one's own preferences, below `accounts/`."""

from django.urls import path

from apps.notifications import views

urlpatterns = [path("", views.preferences, name="notification_preferences")]
