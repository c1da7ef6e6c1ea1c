from django.urls import path

from borgerlinje.console.crisis import begin, ending, members, running

urlpatterns = [
    path("krise/", begin.crises, name="crises"),
    path("krise/ny/", begin.begin, name="crisis_begin"),
    path("krise/<int:crisis_id>/", running.crisis, name="crisis"),
    path("krise/<int:crisis_id>/nu/", running.crisis_now, name="crisis_now"),
    path("krise/<int:crisis_id>/log/", running.crisis_entry, name="crisis_entry"),
    path("krise/<int:crisis_id>/tekster/", running.crisis_texts, name="crisis_texts"),
    path("krise/<int:crisis_id>/guide/", running.crisis_guide, name="crisis_guide"),
    path("krise/<int:crisis_id>/rolle/", running.crisis_duty, name="crisis_duty"),
    path("krise/<int:crisis_id>/slut/", ending.crisis_end, name="crisis_end"),
    path("krise/<int:crisis_id>/evaluering/", ending.crisis_evaluation, name="crisis_evaluation"),
    path("krise/<int:crisis_id>/laering/", ending.crisis_learnt, name="crisis_learnt"),
    path("krise/<int:crisis_id>/tabel.csv", ending.crisis_table, name="crisis_table"),
    path("krise/svar/<int:member_id>/", members.crisis_call, name="crisis_call"),
    path("krise/svar/<int:member_id>/antal/", members.crisis_answer, name="crisis_answer"),
    path("krise/svar/<int:member_id>/udlaan/", members.crisis_lend, name="crisis_lend"),
    path("krise/svar/<int:member_id>/hjem/", members.crisis_call_home, name="crisis_call_home"),
]
