from django.urls import path

from borgerlinje.console.lines import notices, settings, specialists

urlpatterns = [
    path("linjer/", settings.lines, name="lines"),
    path("linje/<slug:slug>/telefon/", settings.line_settings, name="line_settings"),
    path("linje/<slug:slug>/overloeb/", settings.overflow_add, name="overflow_add"),
    path("linje/<slug:slug>/overloeb/<int:overflow_id>/slut/", settings.overflow_end, name="overflow_end"),
    path("beskeder/", notices.notices, name="notices"),
    path("beskeder/ny/", notices.notice_new, name="notice_new"),
    path("beskeder/<int:notice_id>/slut/", notices.notice_end, name="notice_end"),
    path("specialister/", specialists.specialists, name="specialists"),
    path("specialister/ny/", specialists.specialist_new, name="specialist_new"),
    path("specialister/<int:specialist_id>/", specialists.specialist, name="specialist"),
    path("specialister/<int:specialist_id>/slet/", specialists.specialist_remove, name="specialist_remove"),
]
