from django.urls import path

from borgerlinje.console import contacts, hear, recordings, views, waits
from borgerlinje.console.centres.urls import urlpatterns as centre_patterns
from borgerlinje.console.crisis.urls import urlpatterns as crisis_patterns
from borgerlinje.console.faces.urls import urlpatterns as face_patterns
from borgerlinje.console.first_run.urls import urlpatterns as first_run_patterns
from borgerlinje.console.guides.urls import urlpatterns as guide_patterns
from borgerlinje.console.help.urls import urlpatterns as help_patterns
from borgerlinje.console.hours.urls import urlpatterns as hours_patterns
from borgerlinje.console.letters.urls import urlpatterns as letter_patterns
from borgerlinje.console.lines.urls import urlpatterns as line_patterns
from borgerlinje.console.menus.urls import urlpatterns as menu_patterns
from borgerlinje.console.outgoing.urls import urlpatterns as outgoing_patterns
from borgerlinje.console.staff.urls import urlpatterns as staff_patterns
from borgerlinje.console.telephone.urls import urlpatterns as telephone_patterns

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("lige-nu/", views.live, name="live"),
    path("lige-nu/nu/", views.live_now, name="live_now"),
    path("henvendelse/", contacts.find_contact, name="find_contact"),
    path("henvendelse/<uuid:contact_id>/", contacts.contact, name="contact"),
    path("henvendelse/<uuid:contact_id>/nu/", contacts.contact_now, name="contact_now"),
    path("ventetid/", waits.waits, name="waits"),
    path("ventetid/tabel.csv", waits.waits_table, name="waits_table"),
    *centre_patterns,
    *crisis_patterns,
    *face_patterns,
    *first_run_patterns,
    *guide_patterns,
    *help_patterns,
    *menu_patterns,
    *line_patterns,
    *hours_patterns,
    *letter_patterns,
    *outgoing_patterns,
    *staff_patterns,
    *telephone_patterns,
    path("hoer/", hear.hear, name="hear"),
    path("optagelser/", recordings.recordings, name="recordings"),
    path("optagelser/<uuid:recording_id>/lyt/", recordings.listen, name="recording_listen"),
    path("optagelser/<uuid:recording_id>/lyd/<int:access_id>/", recordings.sound, name="recording_sound"),
    path("optagelser/<uuid:recording_id>/slet/", recordings.delete, name="recording_delete"),
    path("optagelser/indsigt/<uuid:contact_id>/", recordings.insight, name="recording_insight"),
    path("konto/", views.account, name="account"),
    path("log-af/", views.sign_out, name="sign_out"),
]
