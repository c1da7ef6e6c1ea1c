from django.urls import path

from borgerlinje.console.guides.editing import making, preview, views

urlpatterns = [
    path("guider/ny/", making.guide_new, name="guide_new"),
    path("guider/<slug:slug>/ret/", views.guide_edit, name="guide_edit"),
    path("guider/<slug:slug>/vis/", preview.guide_preview, name="guide_preview"),
]
