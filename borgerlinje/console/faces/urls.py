from django.urls import path

from borgerlinje.console.faces import logo, views

urlpatterns = [
    path("borgersider/", views.faces, name="faces"),
    path("borgersider/<str:code>/", views.face, name="face"),
    path("borgersider/<str:code>/fortryd/", views.face_undo, name="face_undo"),
    path("borgersider/<str:code>/logo/", logo.face_logo, name="face_logo"),
    path("borgersider/<str:code>/logo/fjern/", logo.face_logo_remove, name="face_logo_remove"),
]
