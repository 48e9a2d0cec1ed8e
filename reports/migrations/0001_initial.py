import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import qa_portal.rls
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('centres', '0001_initial'),
        ('centres', '__first__'),
        ('verification', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('VISIT', 'LSV visit report'), ('SAMPLE', 'Standards verification report'), ('FINAL', 'Final annual report')], max_length=6)),
                ('number', models.CharField(help_text='For example LSV-10101-2026-1', max_length=40)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('title', models.CharField(max_length=160)),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('correction_reason', models.TextField(blank=True)),
                ('pdf_name', models.CharField(blank=True, max_length=300)),
                ('pdf_size', models.PositiveIntegerField(blank=True, null=True)),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
                ('pdf_at', models.DateTimeField(blank=True, null=True)),
                ('activity', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.centreyear')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('supersedes', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='reports.report')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'issued_at'], name='report_by_date')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='report_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='report_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='report_centre_year_of_same_centre'), qa_portal.rls.SameCentre(field='activity', name='report_activity_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='report_programme_of_same_centre'), qa_portal.rls.SameCentre(field='supersedes', name='report_supersedes_of_same_centre'), qa_portal.rls.OwnRowsReadable(field='issued_by', name='report_readable_by_its_issuer'), models.UniqueConstraint(fields=('centre', 'number', 'version'), name='report_version_once'), models.UniqueConstraint(condition=models.Q(('supersedes__isnull', False)), fields=('centre', 'supersedes'), name='report_superseded_once'), models.CheckConstraint(condition=models.Q(('supersedes', None), models.Q(('correction_reason', ''), _negated=True), _connector='OR'), name='report_correction_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ReportReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='reports.report')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='report_reading_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='report_reading_centre_and_id'), qa_portal.rls.SameCentre(field='report', name='report_reading_report_of_same_centre'), models.UniqueConstraint(fields=('centre', 'report', 'person'), name='report_reading_once_per_person')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='report',
            trigger=pgtrigger.compiler.Trigger(name='report_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(OLD) - 'pdf_name' - 'pdf_size' - 'pdf_sha256' - 'pdf_at' IS DISTINCT FROM to_jsonb(NEW) - 'pdf_name' - 'pdf_size' - 'pdf_sha256' - 'pdf_at' THEN RAISE EXCEPTION 'report: this record does not change' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='76751b2b93d5256a2bf2b54c9ca9adffac536b32', operation='UPDATE', pgid='pgtrigger_report_unchanging_5b380', table='reports_report', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='report',
            trigger=pgtrigger.compiler.Trigger(name='report_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='58c89a344fd2b13f35f70e5090a6c9e58796bc04', operation='DELETE', pgid='pgtrigger_report_undeletable_471ea', table='reports_report', when='BEFORE')),
        ),
    ]
