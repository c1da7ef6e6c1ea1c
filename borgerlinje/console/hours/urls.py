from django.urls import path

from borgerlinje.console.hours import coverage, holidays, specials, switchboards, versions

urlpatterns = [
    path("linje/<slug:slug>/aabningstider/", versions.line_hours, name="line_hours"),
    path("linje/<slug:slug>/aabningstider/ny/", versions.line_hours_new, name="line_hours_new"),
    path(
        "linje/<slug:slug>/aabningstider/<int:version_id>/tilbage/",
        versions.line_hours_withdraw,
        name="line_hours_withdraw",
    ),
    path("linje/<slug:slug>/lukkedage/", holidays.line_holidays, name="line_holidays"),
    path("linje/<slug:slug>/saerlig-dag/", specials.line_special_new, name="line_special_new"),
    path("linje/<slug:slug>/saerlig-dag/fortryd/", specials.line_special_restore, name="line_special_restore"),
    path("linje/<slug:slug>/saerlig-dag/fortryd-nye/", specials.line_specials_unmake, name="line_specials_unmake"),
    path("linje/<slug:slug>/saerlig-dag/<int:day_id>/", specials.line_special, name="line_special"),
    path("linje/<slug:slug>/saerlig-dag/<int:day_id>/fjern/", specials.line_special_remove, name="line_special_remove"),
    path("daekning/", coverage.coverage, name="coverage"),
    path("daekning/tabel.csv", coverage.coverage_table, name="coverage_table"),
    path("daekning/omstilling/<int:authority_id>/", switchboards.switchboard, name="switchboard"),
]
