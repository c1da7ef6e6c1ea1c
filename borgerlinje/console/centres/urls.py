from django.urls import path

from borgerlinje.console.centres import authorities, members, views

urlpatterns = [
    path("centre/", views.centres, name="centres"),
    path("centre/nyt/", views.centre_new, name="centre_new"),
    path("centre/fortryd/", views.centre_undo, name="centre_undo"),
    path("centre/<int:centre_id>/", views.centre, name="centre"),
    path("centre/<int:centre_id>/ret/", views.centre_edit, name="centre_edit"),
    path("centre/<int:centre_id>/medlem/", members.member_new, name="member_new"),
    path("centre/<int:centre_id>/medlem/<int:membership_id>/", members.member, name="member"),
    path("centre/<int:centre_id>/medlem/<int:membership_id>/slut/", members.member_end, name="member_end"),
    path("centre/<int:centre_id>/medlem/<int:membership_id>/fase/", members.member_phase, name="member_phase"),
    path(
        "centre/<int:centre_id>/medlem/<int:membership_id>/traek-tilbage/",
        members.member_withdraw,
        name="member_withdraw",
    ),
    path("myndigheder/", authorities.authorities, name="authorities"),
    path("myndigheder/ny/", authorities.authority_new, name="authority_new"),
    path("myndigheder/<int:authority_id>/", authorities.authority, name="authority"),
]
