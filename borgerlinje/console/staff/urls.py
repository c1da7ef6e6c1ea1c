from django.urls import path

from borgerlinje.console.staff import accounts, belonging, importing, people, skills

urlpatterns = [
    path("medarbejdere/", people.people, name="people"),
    path("medarbejdere/ny/", people.person_new, name="person_new"),
    path("medarbejdere/import/", importing.people_import, name="people_import"),
    path("medarbejdere/import/gem/", importing.people_import_do, name="people_import_do"),
    path("medarbejdere/import/skabelon.csv", importing.people_import_template, name="people_import_template"),
    path("medarbejdere/kompetencer/", skills.matrix, name="people_skills"),
    path("medarbejdere/kompetencer/tabel.csv", skills.matrix_table, name="people_skills_table"),
    path("medarbejdere/<int:employee_id>/", people.person, name="person"),
    path("medarbejdere/<int:employee_id>/ret/", people.person_edit, name="person_edit"),
    path("medarbejdere/<int:employee_id>/kompetencer/", skills.person_skills, name="person_skills"),
    path("medarbejdere/<int:employee_id>/center/", belonging.work_add, name="person_work_add"),
    path("medarbejdere/<int:employee_id>/center/<int:work_id>/slut/", belonging.work_end, name="person_work_end"),
    path("medarbejdere/<int:employee_id>/rolle/", belonging.role_add, name="person_role_add"),
    path("medarbejdere/<int:employee_id>/rolle/<int:role_id>/slut/", belonging.role_end, name="person_role_end"),
    path("medarbejdere/<int:employee_id>/forlad/", belonging.leave, name="person_leave"),
    path("medarbejdere/<int:employee_id>/forlad/fortryd/", belonging.leave_undo, name="person_leave_undo"),
    path("medarbejdere/<int:employee_id>/ansaet-igen/", belonging.rehire, name="person_rehire"),
    path("medarbejdere/<int:employee_id>/inviter/", accounts.invite, name="person_invite"),
    path("medarbejdere/<int:employee_id>/inviter/traek/", accounts.invite_withdraw, name="person_invite_withdraw"),
    path("medarbejdere/<int:employee_id>/konto/stop/", accounts.account_stop, name="person_account_stop"),
    path("medarbejdere/<int:employee_id>/konto/aabn/", accounts.account_open, name="person_account_open"),
    path("medarbejdere/<int:employee_id>/konto/to-trin/", accounts.account_forget, name="person_account_forget"),
]
