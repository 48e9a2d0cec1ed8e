import django.db.models.constraints
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
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('round', models.PositiveSmallIntegerField(default=1, help_text='1 is the first sample of the year, 2 the second')),
                ('status', models.CharField(choices=[('PLANNING', 'Being planned'), ('REQUESTED', 'Work requested'), ('JUDGING', 'Being judged'), ('CONCLUDED', 'Concluded'), ('WAIVED', 'Waived')], default='PLANNING', max_length=9)),
                ('control_measure', models.CharField(max_length=8)),
                ('registered_learners', models.PositiveIntegerField()),
                ('frame_size', models.PositiveIntegerField()),
                ('frame_sha256', models.CharField(max_length=64)),
                ('seed', models.CharField(help_text='Hex; made after the frame was committed', max_length=64)),
                ('minimum_size', models.PositiveIntegerField()),
                ('size_facts', models.JSONField(default=dict, help_text='Rule, table row and scheme version behind the size')),
                ('small_frame_reason', models.TextField(blank=True, help_text='Why it goes ahead with less work than the size table asks for')),
                ('random_items', models.PositiveIntegerField(default=0)),
                ('units_in_scope', models.JSONField(default=list)),
                ('warnings', models.JSONField(default=list)),
                ('planned_at', models.DateTimeField()),
                ('requested_at', models.DateTimeField(blank=True, null=True)),
                ('work_due_on', models.DateField(blank=True, null=True)),
                ('judging_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('RELEASED', 'Released'), ('PENDING', 'Certification pending: centre action required')], max_length=8)),
                ('outcome_facts', models.JSONField(blank=True, default=dict)),
                ('concluded_at', models.DateTimeField(blank=True, null=True)),
                ('waived_reason', models.TextField(blank=True)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('concluded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead_iv', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('scheme_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.schemeversion')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'programme', 'year'], name='sample_of_programme')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', kept_until=('requested_at', ['verifier', 'ao']), name='sample_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='sample_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='sample_activity_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='sample_programme_of_same_centre'), models.UniqueConstraint(fields=('centre', 'activity'), name='sample_once_per_activity'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'CONCLUDED'), _negated=True), ('concluded_at', None), ('concluded_by', None), ('outcome', '')), models.Q(('concluded_at__isnull', False), ('concluded_by__isnull', False), ('status', 'CONCLUDED'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='sample_concluded_with_outcome_and_person'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'WAIVED'), _negated=True), models.Q(('waived_reason', ''), _negated=True), _connector='OR'), name='sample_waived_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DrawnFrame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='Counts the draws; a new one needs a new frame')),
                ('lines', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('seed', models.CharField(max_length=64)),
                ('drawn_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('sample', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='sampling.sample')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', kept_with=('sample', 'requested_at', ['verifier', 'ao']), name='drawn_frame_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='drawn_frame_centre_and_id'), qa_portal.rls.SameCentre(field='sample', name='drawn_frame_sample_of_same_centre'), models.UniqueConstraint(fields=('centre', 'sample', 'number'), name='drawn_frame_number_once')],
            },
        ),
        migrations.CreateModel(
            name='ComplianceCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=60)),
                ('judgement', models.CharField(blank=True, choices=[('MET', 'Met'), ('PARTLY_MET', 'Partly met'), ('NOT_MET', 'Not met')], max_length=10)),
                ('evidence_seen', models.TextField(blank=True)),
                ('checked_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('checked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sample', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='compliance', to='sampling.sample')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='compliance_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='compliance_centre_and_id'), qa_portal.rls.SameCentre(field='sample', name='compliance_sample_of_same_centre'), models.UniqueConstraint(fields=('centre', 'sample', 'criterion'), name='compliance_once_per_criterion')],
            },
        ),
        migrations.CreateModel(
            name='SampledItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('REQUESTED', 'Work to be sent'), ('RECEIVED', 'To judge'), ('MISSING', 'Evidence missing'), ('JUDGED', 'Judged')], default='REQUESTED', max_length=9)),
                ('reasons', models.JSONField(default=list)),
                ('drawn_by_chance', models.BooleanField(default=False)),
                ('added_reason', models.TextField(blank=True)),
                ('facts', models.JSONField(default=dict)),
                ('verification_facts', models.JSONField(default=dict)),
                ('missing_reason', models.TextField(blank=True)),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('decision', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.assessmentdecision')),
                ('missing_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('sample', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='sampling.sample')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', kept_with=('sample', 'requested_at', ['verifier', 'ao']), name='sampled_item_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='sampled_item_centre_and_id'), qa_portal.rls.SameCentre(field='sample', name='sampled_item_sample_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='sampled_item_programme_of_same_centre'), qa_portal.rls.SameCentre(field='decision', name='sampled_item_decision_of_same_centre'), models.UniqueConstraint(fields=('centre', 'sample', 'decision'), name='sampled_item_once'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('centre', 'sample', 'position'), name='sampled_item_position_once'), models.CheckConstraint(condition=models.Q(('added_by', None), models.Q(('added_reason', ''), _negated=True), _connector='OR'), name='sampled_item_added_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('AGREE', 'Agreed'), ('DISAGREE', 'Disagreed')], max_length=8)),
                ('criteria', models.JSONField(default=dict)),
                ('feedback', models.TextField(blank=True)),
                ('work_seen', models.TextField(blank=True)),
                ('judged_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('judged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='released_judgements', to='sampling.sampleditem')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='released_judgement_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='released_judgement_centre_and_id'), qa_portal.rls.SameCentre(field='item', name='released_judgement_item_of_same_centre'), models.UniqueConstraint(fields=('centre', 'item'), name='released_judgement_once_per_item')],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(blank=True, choices=[('AGREE', 'Agreed'), ('DISAGREE', 'Disagreed')], max_length=8)),
                ('criteria', models.JSONField(default=dict, help_text='{"4.P1": {"agree": true, "why": ""}}')),
                ('feedback', models.TextField(blank=True)),
                ('work_seen', models.TextField(blank=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('complete', models.BooleanField(default=False)),
                ('judged_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('judged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='sampling.sampleditem')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='judgement_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='judgement_centre_and_id'), qa_portal.rls.SameCentre(field='item', name='judgement_item_of_same_centre'), models.UniqueConstraint(fields=('centre', 'item'), name='judgement_once_per_item'), models.CheckConstraint(condition=models.Q(('complete', False), models.Q(('verdict', ''), _negated=True), _connector='OR'), name='judgement_complete_has_a_verdict')],
            },
        ),
        migrations.CreateModel(
            name='ItemEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(blank=True, max_length=160)),
                ('opened_at', models.DateTimeField(blank=True, help_text='First opened by a verifier', null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('file', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
                ('item', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='sampling.sampleditem')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='item_evidence_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='item_evidence_centre_and_id'), qa_portal.rls.SameCentre(field='item', name='item_evidence_item_of_same_centre'), qa_portal.rls.SameCentre(field='file', name='item_evidence_file_of_same_centre')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sample',
            trigger=pgtrigger.compiler.Trigger(name='sample_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('JUDGING', 'CONCLUDED'), ('JUDGING', 'WAIVED'), ('PLANNING', 'REQUESTED'), ('PLANNING', 'WAIVED'), ('REQUESTED', 'JUDGING'), ('REQUESTED', 'WAIVED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'sample: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='9ab5c559239781c5f143c881eb0cd76fa0269c98', operation='UPDATE OF "status"', pgid='pgtrigger_sample_status_edge_52458', table='sampling_sample', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sample',
            trigger=pgtrigger.compiler.Trigger(name='sample_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('PLANNING'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'sample: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='1d2b8692cc3f8145d075dcdbb6feb6579750f0db', operation='INSERT', pgid='pgtrigger_sample_status_start_a7bf0', table='sampling_sample', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawnframe',
            trigger=pgtrigger.compiler.Trigger(name='drawn_frame_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a7ac0214453da1033709323881b310575b84a5f0', operation='UPDATE', pgid='pgtrigger_drawn_frame_unchanging_f6596', table='sampling_drawnframe', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawnframe',
            trigger=pgtrigger.compiler.Trigger(name='drawn_frame_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7ae57101bb2ad1b69623d7a89815c7af5380d53e', operation='DELETE', pgid='pgtrigger_drawn_frame_undeletable_96724', table='sampling_drawnframe', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sampleditem',
            trigger=pgtrigger.compiler.Trigger(name='sampled_item_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('MISSING', 'JUDGED'), ('MISSING', 'RECEIVED'), ('RECEIVED', 'JUDGED'), ('RECEIVED', 'MISSING'), ('REQUESTED', 'JUDGED'), ('REQUESTED', 'MISSING'), ('REQUESTED', 'RECEIVED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'sampled_item: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='f9f0e8594a236b8d2dd6df0a5108ee4cc065e4a8', operation='UPDATE OF "status"', pgid='pgtrigger_sampled_item_status_edge_d6a23', table='sampling_sampleditem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sampleditem',
            trigger=pgtrigger.compiler.Trigger(name='sampled_item_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('REQUESTED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'sampled_item: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='d13c3503d388c8b883df8ef0941cd88add393c3c', operation='INSERT', pgid='pgtrigger_sampled_item_status_start_3d982', table='sampling_sampleditem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='releasedjudgement',
            trigger=pgtrigger.compiler.Trigger(name='released_judgement_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a0ce1c33608bb8eaef9222aea3275bc7eaa82013', operation='UPDATE', pgid='pgtrigger_released_judgement_unchanging_e140b', table='sampling_releasedjudgement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='releasedjudgement',
            trigger=pgtrigger.compiler.Trigger(name='released_judgement_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a7958852f68b0e1d1ede0c5aea88de59e050c9c8', operation='DELETE', pgid='pgtrigger_released_judgement_undeletable_d2478', table='sampling_releasedjudgement', when='BEFORE')),
        ),
    ]
