from django.urls import path
from django.urls.resolvers import URLPattern

from borgerlinje.console.guides.carrying import kle, views

urlpatterns: list[URLPattern] = [
    path("guider/filer/", views.guide_carry, name="guide_carry"),
    path("guider/filer/gem/", views.guide_carry_do, name="guide_carry_do"),
    path("guider/filer/hent/<slug:form>/", views.guide_carry_out, name="guide_carry_out"),
    path("guider/kle/", kle.kle, name="kle"),
    path("guider/kle/gem/", kle.kle_do, name="kle_do"),
]
