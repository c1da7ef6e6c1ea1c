from django.urls import path

from borgerlinje.console.letters import sent, views

urlpatterns = [
    path("breve/", views.letters, name="letters"),
    path("breve/sendt/", sent.sent, name="letters_sent"),
    path("breve/sendt/nu/", sent.sent_now, name="letters_sent_now"),
    path("breve/sendt/<uuid:letter_id>/igen/", sent.letter_again, name="letter_again"),
    path("breve/sendt/sms/<int:text_id>/igen/", sent.text_again, name="letter_text_again"),
    path("breve/<slug:code>/<slug:language>/", views.letter, name="letter"),
    path("breve/<slug:code>/<slug:language>/vis/", views.letter_preview, name="letter_preview"),
    path("breve/<slug:code>/<slug:language>/version/", views.letter_restore, name="letter_restore"),
]
