from django.urls import path

from borgerlinje.console.outgoing import views

urlpatterns = [
    path("udgaaende/", views.outgoing, name="outgoing"),
    path("udgaaende/spaerret/", views.do_not_call_add, name="do_not_call_add"),
    path("udgaaende/spaerret/<int:entry_id>/fjern/", views.do_not_call_remove, name="do_not_call_remove"),
    path("udgaaende/spaerret/fortryd/", views.do_not_call_restore, name="do_not_call_restore"),
]
