"""The course, for whoever comes by."""

from django.urls import path

from study import views

app_name = "study"

urlpatterns = [
    path("", views.home, name="home"),
    path("course/", views.course_map, name="map"),
    path("course/<slug:module_slug>/", views.module, name="module"),
    path("course/<slug:module_slug>/<slug:section_slug>/", views.section, name="section"),
    path("schedule/", views.schedule, name="schedule"),
    path("resources/", views.resources, name="resources"),
    path("people/", views.people, name="people"),
    path("tips/", views.tips, name="tips"),
    path("about/", views.about, name="about"),
]
