from django.urls import path

from borgerlinje.console.lines import editing, ending, line_numbers, making, notices, settings, specialists, subjects

urlpatterns = [
    path("linjer/", settings.lines, name="lines"),
    path("linje/ny/", making.line_new, name="line_new"),
    path("linje/<slug:slug>/", editing.line_edit, name="line_edit"),
    path("linje/<slug:slug>/nummer/", line_numbers.line_number_add, name="line_number_add"),
    path("linje/<slug:slug>/nummer/fortryd/", line_numbers.line_number_restore, name="line_number_restore"),
    path("linje/<slug:slug>/nummer/<int:number_id>/fjern/", line_numbers.line_number_remove, name="line_number_remove"),
    path("linje/<slug:slug>/nummer/<int:number_id>/foerst/", line_numbers.line_number_first, name="line_number_first"),
    path("linje/<slug:slug>/luk/", ending.line_end, name="line_end"),
    path("linje/<slug:slug>/aabn/", ending.line_reopen, name="line_reopen"),
    path("linje/<slug:slug>/telefon/", settings.line_settings, name="line_settings"),
    path("linje/<slug:slug>/overloeb/", settings.overflow_add, name="overflow_add"),
    path("linje/<slug:slug>/overloeb/<int:overflow_id>/slut/", settings.overflow_end, name="overflow_end"),
    path("beskeder/", notices.notices, name="notices"),
    path("beskeder/ny/", notices.notice_new, name="notice_new"),
    path("beskeder/fortryd/", notices.notice_undo, name="notice_undo"),
    path("beskeder/<int:notice_id>/", notices.notice_edit, name="notice_edit"),
    path("beskeder/<int:notice_id>/slut/", notices.notice_end, name="notice_end"),
    path("emner/", subjects.subjects, name="subjects"),
    path("emner/nyt/", subjects.subject_new, name="subject_new"),
    path("emner/<int:subject_id>/", subjects.subject_edit, name="subject_edit"),
    path("emner/<int:subject_id>/ud/", subjects.subject_retire, name="subject_retire"),
    path("emner/<int:subject_id>/igen/", subjects.subject_restore, name="subject_restore"),
    path("specialister/", specialists.specialists, name="specialists"),
    path("specialister/ny/", specialists.specialist_new, name="specialist_new"),
    path("specialister/<int:specialist_id>/", specialists.specialist, name="specialist"),
    path("specialister/<int:specialist_id>/slet/", specialists.specialist_remove, name="specialist_remove"),
]
