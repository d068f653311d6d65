"""Zips of CSV files, as other platforms pack them."""

from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

CANVAS: Mapping[str, str] = {
    "users.csv": (
        "user_id,login_id,password,first_name,last_name,email,status\n"
        "1,sam,{secret},Sam,Okafor,sam@example.org,active\n"
        "2,tea,{secret},Tea,Cher,tea@example.org,active\n"
        "3,old,{secret},Old,One,old@example.org,deleted\n"
    ),
    "accounts.csv": "account_id,parent_account_id,name,status\nhum,,Humanities,active\neng,hum,English,active\n",
    "courses.csv": (
        "course_id,short_name,long_name,account_id,term_id,status\n"
        "E1,ENG,English one,eng,,active\nE9,X,Gone,eng,,deleted\n"
    ),
    "sections.csv": "section_id,course_id,name,status\n1A,E1,One,active\n1B,E1,Two,active\n",
    "enrollments.csv": (
        "course_id,user_id,role,section_id,status\n"
        "E1,1,student,1A,deleted\n"
        ",1,student,1B,active\n"
        "E1,2,teacher,1A,active\n"
        "E1,3,student,1A,active\n"
        "E9,1,student,,active\n"
    ),
}
ONEROSTER: Mapping[str, str] = {
    "manifest.csv": (
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.orgs,bulk\nfile.users,bulk\nfile.roles,bulk\n"
        "file.courses,bulk\nfile.classes,bulk\nfile.enrollments,bulk\nfile.demographics,absent\n"
    ),
    "orgs.csv": "sourcedId,status,dateLastModified,name,type\no1,,,School,school\n",
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,email,password\n"
        "u1,,,true,sam,Sam,Okafor,sam@example.org,{secret}\nu2,,,true,tea,Tea,Cher,tea@example.org,{secret}\n"
        "u3,,,true,ma,Ma,Okafor,ma@example.org,{secret}\n"
    ),
    "roles.csv": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId\n"
        "r1,,,u1,primary,student,o1\nr2,,,u2,primary,teacher,o1\nr3,,,u3,primary,parent,o1\n"
    ),
    "courses.csv": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n"
        "c1,,,,Math 7,M7,,o1,,\n"
    ),
    "classes.csv": (
        "sourcedId,status,dateLastModified,title,courseSourcedId,schoolSourcedId\nk1,,,A,c1,o1\nk2,,,B,c1,o1\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
        "e1,,,k1,o1,u1,student,,2026-08-01,2026-12-01\ne2,,,k2,o1,u1,student,,2027-01-01,2027-06-01\n"
        "e3,,,k1,o1,u2,teacher,true,,\n"
    ),
}


def write_zip(path: Path, files: Mapping[str, str | bytes], *, replaced: str = "x", folder: str = "") -> Path:
    """`{secret}` stands for a password."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = content.replace("{secret}", replaced) if isinstance(content, str) else content
            archive.writestr(f"{folder}{name}", text)
    return path
