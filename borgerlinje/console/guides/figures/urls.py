from django.urls import path

from borgerlinje.console.guides.figures import openings, reading, words, work

urlpatterns = [
    path("guider/arbejdsliste/", work.work, name="guide_work"),
    path("guider/arbejdsliste/faerdig/", work.mark, name="guide_work_mark"),
    path("guider/arbejdsliste/fortryd/", work.unmark, name="guide_work_unmark"),
    path("guider/arbejdsliste/ord/", words.words, name="guide_words"),
    path("guider/aabnet/", openings.openings, name="guide_openings"),
    path("guider/aabnet/tabel.csv", openings.table, name="guide_openings_table"),
    path("guider/aabnet/qr.svg", openings.qr, name="guide_openings_qr"),
    path("guider/laes/", reading.reading_list, name="guide_reading"),
    path("guider/laes/<slug:slug>/", reading.read, name="guide_read"),
    path("guider/laes/<slug:slug>/aabn/", reading.open_solution, name="guide_read_open"),
    path("guider/laes/<slug:slug>/hjalp/", reading.helped, name="guide_read_helped"),
]
