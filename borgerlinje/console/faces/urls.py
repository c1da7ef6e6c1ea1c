from django.urls import path

from borgerlinje.console.faces import views

urlpatterns = [
    path("borgersider/", views.faces, name="faces"),
    path("borgersider/<str:code>/", views.face, name="face"),
    path("borgersider/<str:code>/fortryd/", views.face_undo, name="face_undo"),
]
