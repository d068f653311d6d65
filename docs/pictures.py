"""What the tour of the README shows, in its order."""

# File, heading, address, and what the picture shows.
TOUR = (
    ("overview-administrator", "The overview", "", "Figures, what needs attention and what happened lately."),
    ("overview-manager", "What a manager sees first", "", "Growth, how far learners come, and whether they come back."),
    (
        "overview-instructor",
        "What an instructor sees first",
        "",
        "Their courses, where learners stop, and what is hard.",
    ),
    ("overview-moderator", "What a moderator sees first", "", "What waits, how long, and who decided what."),
    ("overview-support", "What support sees first", "", "What learners are likely to ask today."),
    ("courses", "Courses", "/admin/catalog/course/", "A name, a quiet second line, states with a word."),
    (
        "course",
        "One course",
        "/admin/catalog/course/1/change/",
        "Facts, curriculum, instructors, learners and history.",
    ),
    (
        "people",
        "Who may do what with a course",
        "/admin/catalog/course/1/change/?tab=people",
        "Every right with where it came from, who gave it, why, and until when.",
    ),
    (
        "may-they",
        "May they …?",
        "/admin/access/explain/?person={colleague}&verb=publish&model=catalog.course&key=PY-101",
        "The answer, what allows it or stands in the way, and who could change that.",
    ),
    ("refusal", "A refusal", "", "What was refused, and the way to ask for the right."),
    (
        "request",
        "A request",
        "/admin/catalog/accessrequest/2/change/",
        "Granted or declined on its page, with a reason.",
    ),
    ("see-as", "The console as somebody else", "", "What a colleague sees, to look at and not to change."),
    ("enrollments", "Enrollments", "/admin/enrollments/enrollment/", "Who takes what, and how far they are."),
    ("review", "A review", "/admin/reviews/review/1/change/", "The words, who wrote them and how far they came."),
    ("review-desk", "The review desk", "", "The next review with what is known about it, decided with one key."),
    (
        "learner",
        "A learner",
        "",
        "What support is asked most in one sentence; then access with its reasons, and everything else about them.",
    ),
    (
        "certificate",
        "A certificate",
        "/admin/certificates/certificate/1/change/",
        "What it says, whether it holds, and what can be done about it.",
    ),
    ("verified", "Checked by anybody", "", "The public page, on a phone: whether it is valid, and no more than that."),
    (
        "announcement",
        "An announcement",
        "/admin/announcements/announcement/4/change/",
        "Written to the learners of a course: as they will see it, and how many it reaches.",
    ),
    (
        "subscription",
        "A subscription",
        "/admin/subscriptions/subscription/1/change/",
        "Its plan and period, what is scheduled, and what was paid.",
    ),
    ("revenue", "Revenue by month", "/admin/revenue/", "What came, grew, shrank and left, with what each word means."),
    (
        "import-map",
        "Somebody else's file",
        "",
        "Their columns beside ours, with samples; the suggestion is remembered.",
    ),
    ("import-values", "Their values", "", "Each value that is not ours, once, with the rows that hold it."),
    (
        "import-plan",
        "The plan",
        "",
        "What every row will do, and everything that is wrong, before anything is written.",
    ),
    ("import-result", "The result", "", "Exactly the courses this import made, and the way back."),
    (
        "workbook-tree",
        "A course brought back as a workbook",
        "",
        "An instructor takes a course out, edits it and uploads it: the plan down to every answer, with what is wrong.",
    ),
    ("workbook-repair", "Repaired where it stands", "", "The faulty cell is written anew; everything else stays."),
    ("workbook-discussion", "Talked over", "", "Others say what they think of the plan before it is applied."),
    ("workbook-result", "The course as it is now", "", "Every record that was made or changed, and the way back."),
    (
        "workbook-undo",
        "Taking it back",
        "",
        "What goes away again, what gets its old values, and what would be left alone.",
    ),
    ("imports", "Imports", "/admin/imports/importjob/", "Every file, what it did, and the way back."),
    ("timeline", "The timeline", "/admin/audit/changeset/", "Who changed what, when and why."),
    ("jobs", "Jobs", "/admin/jobs/jobrun/", "Everything that runs in the background."),
)

# Whose overview is photographed, light and dark.
OVERVIEWS = ("administrator", "manager", "instructor", "moderator", "support")
