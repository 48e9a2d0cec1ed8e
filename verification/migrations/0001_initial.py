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
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text="Counts through the centre's life")),
                ('criterion', models.CharField(max_length=60)),
                ('level', models.CharField(choices=[('ESSENTIAL', 'Essential'), ('RECOMMENDED', 'Recommended')], max_length=11)),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('ANSWERED', 'Evidence sent'), ('RETURNED', 'More needed'), ('CLOSED', 'Closed')], default='OPEN', max_length=8)),
                ('text', models.TextField()),
                ('due_on', models.DateField()),
                ('risk_to_valid_certification', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closing_note', models.TextField(blank=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
        ),
        migrations.CreateModel(
            name='ActionResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('written_at', models.DateTimeField()),
                ('from_centre', models.BooleanField()),
                ('action', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='verification.action')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='action_response_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='action_response_centre_and_id'), qa_portal.rls.SameCentre(field='action', name='action_response_action_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='ActionEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('file', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
                ('response', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='verification.actionresponse')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='action_evidence_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='action_evidence_centre_and_id'), qa_portal.rls.SameCentre(field='response', name='action_evidence_response_of_same_centre'), qa_portal.rls.SameCentre(field='file', name='action_evidence_file_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('VISIT', 'LSV visit'), ('SAMPLING', 'Standards verification')], max_length=8)),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='First, second ... of its kind in the year')),
                ('status', models.CharField(choices=[('PLANNED', 'To be scheduled'), ('PROPOSED', 'Date proposed'), ('AGREED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('FACT_CHECK', 'Facts being checked'), ('CONCLUDED', 'Concluded'), ('WAIVED', 'Waived'), ('CANCELLED', 'Cancelled')], default='PLANNED', max_length=10)),
                ('mode', models.CharField(choices=[('REMOTE', 'Remote'), ('ON_SITE', 'On site')], max_length=7)),
                ('window_from', models.DateField()),
                ('window_until', models.DateField()),
                ('window_facts', models.JSONField(default=dict, help_text='Which cohorts, scheme and rule gave the window')),
                ('day', models.DateField(blank=True, help_text='Proposed or agreed', null=True)),
                ('starts_at', models.TimeField(blank=True, null=True)),
                ('whole_day', models.BooleanField(default=True)),
                ('verifier_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('centre_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('not_placed_because', models.CharField(blank=True, max_length=300)),
                ('late_reason', models.TextField(blank=True, help_text='Why it lies after its due date (R8)')),
                ('urgent_reason', models.TextField(blank=True, help_text='Which claims after 31 August cannot wait (R10)')),
                ('people_seen', models.TextField(blank=True)),
                ('concluded_at', models.DateTimeField(blank=True, null=True)),
                ('ended_reason', models.TextField(blank=True, help_text='Why it was waived or cancelled')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.site')),
            ],
        ),
        migrations.AddField(
            model_name='action',
            name='activity',
            field=qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='verification.activity'),
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('LSV', 'Lead Standards Verifier'), ('SV', 'Standards Verifier')], max_length=3)),
                ('status', models.CharField(choices=[('PROPOSED', 'Proposed'), ('ACTIVE', 'Allocated'), ('ENDED', 'Ended'), ('DROPPED', 'Not used')], default='PROPOSED', max_length=8)),
                ('facts', models.JSONField(default=dict, help_text='Why this person: rule, scheme version, reasons for and against')),
                ('long_stay_reason', models.TextField(blank=True, help_text='Needed from the fifth year in a row (R13)')),
                ('made_at', models.DateTimeField()),
                ('started_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('countersigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('replaces', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.allocation')),
            ],
        ),
        migrations.AddField(
            model_name='activity',
            name='allocation',
            field=qa_portal.rls.TenantKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='verification.allocation'),
        ),
        migrations.CreateModel(
            name='CentreYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(help_text='2026 means 2026-27')),
                ('self_assessment_state', models.CharField(choices=[('CANNOT_START', 'Cannot start yet'), ('NOT_STARTED', 'Not started'), ('DATED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('DONE', 'Done'), ('NOT_NEEDED', 'Not needed')], default='NOT_STARTED', max_length=12)),
                ('allocation_state', models.CharField(choices=[('CANNOT_START', 'Cannot start yet'), ('NOT_STARTED', 'Not started'), ('DATED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('DONE', 'Done'), ('NOT_NEEDED', 'Not needed')], default='NOT_STARTED', max_length=12)),
                ('visit_state', models.CharField(choices=[('CANNOT_START', 'Cannot start yet'), ('NOT_STARTED', 'Not started'), ('DATED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('DONE', 'Done'), ('NOT_NEEDED', 'Not needed')], default='CANNOT_START', max_length=12)),
                ('sampling_state', models.CharField(choices=[('CANNOT_START', 'Cannot start yet'), ('NOT_STARTED', 'Not started'), ('DATED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('DONE', 'Done'), ('NOT_NEEDED', 'Not needed')], default='CANNOT_START', max_length=12)),
                ('final_report_state', models.CharField(choices=[('CANNOT_START', 'Cannot start yet'), ('NOT_STARTED', 'Not started'), ('DATED', 'Date agreed'), ('UNDER_WAY', 'Under way'), ('DONE', 'Done'), ('NOT_NEEDED', 'Not needed')], default='CANNOT_START', max_length=12)),
                ('stage_facts', models.JSONField(default=dict)),
                ('risk', models.CharField(blank=True, help_text='The last issued rating: LOW, MEDIUM or HIGH', max_length=8)),
                ('next_cycle', models.JSONField(blank=True, default=dict, help_text='What the final report recommends (R11)')),
                ('btec_review_on', models.DateField(blank=True, help_text="When this year's BTEC LSV review was done; opens the short form (R6)", null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('lsv', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scheme_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.schemeversion')),
            ],
            options={
                'indexes': [models.Index(fields=['year', 'centre'], name='centre_year_of_year')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='centre_year_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='centre_year_centre_and_id'), models.UniqueConstraint(fields=('centre', 'year'), name='centre_year_once')],
            },
        ),
        migrations.CreateModel(
            name='AnnualDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('DUE', 'To be signed'), ('SIGNED', 'Signed')], default='DUE', max_length=8)),
                ('signed_content', models.JSONField(blank=True, help_text='The statements as they were signed', null=True)),
                ('signed_sha256', models.CharField(blank=True, max_length=64)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_name', models.CharField(blank=True, max_length=120)),
                ('late_reason', models.TextField(blank=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='verification.centreyear')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='declaration_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='declaration_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='declaration_centre_year_of_same_centre'), models.UniqueConstraint(fields=('centre', 'centre_year'), name='declaration_once_per_year'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None), ('status', 'DUE')), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), ('status', 'SIGNED')), _connector='OR'), name='declaration_signed_at_and_by_go_together')],
            },
        ),
        migrations.AddField(
            model_name='allocation',
            name='centre_year',
            field=qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='verification.centreyear'),
        ),
        migrations.CreateModel(
            name='ActivityCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveSmallIntegerField()),
                ('minimum', models.PositiveSmallIntegerField()),
                ('facts', models.JSONField(default=dict, help_text='Rules that raise the minimum, with their facts')),
                ('reason', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('PROPOSED', 'Proposed'), ('CONFIRMED', 'Confirmed')], default='PROPOSED', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='activity_counts', to='verification.centreyear')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='activity_count_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='activity_count_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='activity_count_centre_year_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='activity_count_programme_of_same_centre'), models.UniqueConstraint(fields=('centre', 'centre_year', 'programme'), name='activity_count_once'), models.CheckConstraint(condition=models.Q(('count__gte', models.F('minimum'))), name='activity_count_at_least_its_minimum')],
            },
        ),
        migrations.AddField(
            model_name='activity',
            name='centre_year',
            field=qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='verification.centreyear'),
        ),
        migrations.AddField(
            model_name='action',
            name='centre_year',
            field=qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='verification.centreyear'),
        ),
        migrations.CreateModel(
            name='ConflictDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('EMPLOYER', 'Employment'), ('FAMILY', 'Family or close relationship'), ('LEARNER', 'A learner at the centre'), ('FINANCIAL', 'Financial interest'), ('OTHER', 'Other')], max_length=10)),
                ('details', models.TextField(blank=True, help_text='Read by the person themselves and administrators only')),
                ('declared_at', models.DateTimeField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('series', models.UUIDField(help_text='The same for all versions of one declaration')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('verifier_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='conflict_isolation', or_person='verifier_person', sides=['ao']), models.UniqueConstraint(fields=('centre', 'id'), name='conflict_centre_and_id'), models.UniqueConstraint(fields=('series', 'version'), name='conflict_version_once')],
            },
        ),
        migrations.CreateModel(
            name='DirectClaimsRecommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('GRANT', 'Grant'), ('KEEP', 'Keep'), ('SUSPEND', 'Suspend'), ('REMOVE', 'Remove'), ('NOT_YET', 'Not yet')], max_length=8)),
                ('reasons', models.TextField()),
                ('facts', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('WAITING', 'Waiting for a decision'), ('ACCEPTED', 'Accepted'), ('DECLINED', 'Declined')], default='WAITING', max_length=8)),
                ('recommended_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reasons', models.TextField(blank=True)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('recommended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='dcs_recommendation_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='dcs_recommendation_centre_and_id'), qa_portal.rls.SameCentre(field='programme', name='dcs_recommendation_programme_of_same_centre'), qa_portal.rls.SameCentre(field='activity', name='dcs_recommendation_activity_of_same_centre'), models.UniqueConstraint(condition=models.Q(('status', 'WAITING')), fields=('centre', 'programme'), name='dcs_recommendation_one_waiting'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('recommended_by')), _negated=True), _connector='OR'), name='dcs_recommendation_not_decided_by_its_recommender'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'WAITING')), models.Q(models.Q(('status', 'WAITING'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='dcs_recommendation_decided_at_and_by_go_together')],
            },
        ),
        migrations.CreateModel(
            name='DirectClaimsStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('NOT_HELD', 'Not held'), ('ACTIVE', 'Active'), ('SUSPENDED', 'Suspended')], default='NOT_HELD', max_length=9)),
                ('since', models.DateField(blank=True, null=True)),
                ('review_due', models.DateField(blank=True, null=True)),
                ('basis', models.JSONField(default=dict, help_text='Report, decision, rule, scheme version')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='direct_claims_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='direct_claims_centre_and_id'), qa_portal.rls.SameCentre(field='programme', name='direct_claims_programme_of_same_centre'), models.UniqueConstraint(fields=('centre', 'programme'), name='direct_claims_once_per_programme'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ACTIVE'), _negated=True), models.Q(('review_due__isnull', False), ('since__isnull', False)), _connector='OR'), name='direct_claims_active_has_since_and_review')],
            },
        ),
        migrations.CreateModel(
            name='DraftAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('ESSENTIAL', 'Essential'), ('RECOMMENDED', 'Recommended')], max_length=14)),
                ('criterion', models.CharField(max_length=60)),
                ('text', models.TextField()),
                ('due_on', models.DateField()),
                ('risk_to_valid_certification', models.BooleanField(default=False)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='draft_actions', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='draft_action_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='draft_action_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='draft_action_activity_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='draft_action_programme_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('RAISED', 'Raised'), ('ANSWERED', 'Answered')], default='RAISED', max_length=8)),
                ('text', models.TextField()),
                ('raised_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='verification.activity')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='escalation_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='escalation_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='escalation_activity_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='FactCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('SENT', 'With the centre'), ('ANSWERED', 'Answered'), ('CLOSED', 'Closed without an answer')], default='SENT', max_length=8)),
                ('content', models.JSONField()),
                ('due_on', models.DateField()),
                ('sent_at', models.DateTimeField()),
                ('corrections', models.JSONField(blank=True, default=dict, help_text='Correction by criterion')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='fact_checks', to='verification.activity')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='fact_check_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='fact_check_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='fact_check_activity_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=60)),
                ('judgement', models.CharField(blank=True, choices=[('MET', 'Met'), ('PARTLY', 'Partly met'), ('NOT_MET', 'Not met')], max_length=8)),
                ('seen', models.TextField(blank=True)),
                ('risk_to_valid_certification', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField()),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='finding_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='finding_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='finding_activity_of_same_centre'), models.UniqueConstraint(fields=('centre', 'activity', 'criterion'), name='finding_once_per_criterion')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_as', models.CharField(help_text='The role they wrote in', max_length=40)),
                ('written_at', models.DateTimeField()),
                ('text', models.TextField()),
                ('to_quality_manager', models.BooleanField(default=False, help_text='Asked of the quality manager as well')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='verification.centreyear')),
                ('file', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'centre_year', 'written_at'], name='message_of_year')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='message_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='message_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='message_centre_year_of_same_centre'), qa_portal.rls.SameCentre(field='file', name='message_file_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('OUTSTANDING', 'Outstanding'), ('PENDING', 'Certification pending: centre action required'), ('RELEASED', 'Released')], default='OUTSTANDING', max_length=11)),
                ('control_measure', models.CharField(choices=[('STANDARD', 'Standard'), ('ENHANCED', 'Enhanced')], max_length=8)),
                ('control_facts', models.JSONField(default=dict)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('facts', models.JSONField(default=dict, help_text='Sample, rule and scheme version behind the status')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='verification.centreyear')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='release_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='release_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='release_centre_year_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='release_programme_of_same_centre'), models.UniqueConstraint(fields=('centre', 'centre_year', 'programme'), name='release_once_per_year')],
            },
        ),
        migrations.CreateModel(
            name='ReportDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('VISIT', 'Visit'), ('SAMPLE', 'Sample'), ('FINAL', 'Final')], max_length=8)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('summary', models.TextField(blank=True)),
                ('good_practice', models.TextField(blank=True)),
                ('next_steps', models.TextField(blank=True)),
                ('rating', models.CharField(blank=True, choices=[('LOW', 'Low'), ('MEDIUM', 'Medium'), ('HIGH', 'High')], max_length=8)),
                ('rating_reasons', models.TextField(blank=True)),
                ('texts', models.JSONField(blank=True, default=dict, help_text='Further sections by key')),
                ('recommended_cycle', models.JSONField(blank=True, default=dict)),
                ('saved_at', models.DateTimeField()),
                ('activity', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='verification.centreyear')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='report_draft_isolation', sides=['verifier', 'ao']), models.UniqueConstraint(fields=('centre', 'id'), name='report_draft_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='report_draft_activity_of_same_centre'), qa_portal.rls.SameCentre(field='centre_year', name='report_draft_centre_year_of_same_centre'), models.UniqueConstraint(fields=('centre', 'kind', 'activity', 'centre_year'), name='report_draft_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='RequestedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=160)),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('activity', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='verification.activity')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('file', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='requested_document_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='requested_document_centre_and_id'), qa_portal.rls.SameCentre(field='activity', name='requested_document_activity_of_same_centre'), qa_portal.rls.SameCentre(field='file', name='requested_document_file_of_same_centre'), models.UniqueConstraint(fields=('centre', 'activity', 'key'), name='requested_document_once')],
            },
        ),
        migrations.CreateModel(
            name='RiskRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('INITIAL', 'Initial'), ('FINAL', 'Final')], max_length=7)),
                ('level', models.CharField(choices=[('LOW', 'Low'), ('MEDIUM', 'Medium'), ('HIGH', 'High')], max_length=8)),
                ('reasons', models.TextField()),
                ('facts', models.JSONField(default=dict)),
                ('rated_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='verification.centreyear')),
                ('rated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='risk_rating_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='risk_rating_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='risk_rating_centre_year_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='SelfAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CSA', 'Self-assessment'), ('ACD', 'Annual centre declaration')], default='CSA', max_length=3)),
                ('status', models.CharField(choices=[('OPEN', 'Being answered'), ('SUBMITTED', 'Submitted'), ('RETURNED', 'Returned with remarks'), ('ACCEPTED', 'Read and accepted'), ('WITHDRAWN', 'Withdrawn')], default='OPEN', max_length=10)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('remarks', models.TextField(blank=True, help_text='Why it was returned')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('centre_year', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='self_assessments', to='verification.centreyear')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='self_assessment_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='self_assessment_centre_and_id'), qa_portal.rls.SameCentre(field='centre_year', name='self_assessment_centre_year_of_same_centre'), models.UniqueConstraint(fields=('centre', 'centre_year'), name='self_assessment_once_per_year'), models.CheckConstraint(condition=models.Q(models.Q(('submitted_at', None), ('submitted_by', None)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='self_assessment_submitted_at_and_by_go_together')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ASKED', 'Asked for'), ('GRANTED', 'Granted'), ('REFUSED', 'Refused'), ('CLOSED', 'No longer needed')], default='ASKED', max_length=8)),
                ('wanted_until', models.DateField()),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('self_assessment', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='verification.selfassessment')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='extension_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='extension_centre_and_id'), qa_portal.rls.SameCentre(field='self_assessment', name='extension_self_assessment_of_same_centre'), models.UniqueConstraint(condition=models.Q(('status', 'ASKED')), fields=('centre', 'self_assessment'), name='extension_one_open_request')],
            },
        ),
        migrations.CreateModel(
            name='SelfAssessmentSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('position', models.PositiveSmallIntegerField()),
                ('delegated_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by_date', models.DateField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('questions', models.PositiveSmallIntegerField()),
                ('answered', models.PositiveSmallIntegerField(default=0)),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('delegated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delegated_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('self_assessment', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='sections', to='verification.selfassessment')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='sa_section_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='sa_section_centre_and_id'), qa_portal.rls.SameCentre(field='self_assessment', name='sa_section_self_assessment_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='sa_section_programme_of_same_centre'), models.UniqueConstraint(fields=('centre', 'self_assessment', 'key', 'programme'), name='sa_section_once_per_programme', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SelfAssessmentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=60)),
                ('value', models.BooleanField(null=True)),
                ('comment', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('section', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='verification.selfassessmentsection')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='sa_answer_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='sa_answer_centre_and_id'), qa_portal.rls.SameCentre(field='section', name='sa_answer_section_of_same_centre'), models.UniqueConstraint(fields=('centre', 'section', 'question'), name='sa_answer_once_per_question')],
            },
        ),
        migrations.CreateModel(
            name='SectionEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(blank=True, max_length=60)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('file', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
                ('section', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='verification.selfassessmentsection')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='section_evidence_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='section_evidence_centre_and_id'), qa_portal.rls.SameCentre(field='section', name='section_evidence_section_of_same_centre'), qa_portal.rls.SameCentre(field='file', name='section_evidence_file_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='SelfAssessmentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('submitted_at', models.DateTimeField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('self_assessment', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='verification.selfassessment')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='sa_version_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='sa_version_centre_and_id'), qa_portal.rls.SameCentre(field='self_assessment', name='sa_version_self_assessment_of_same_centre'), models.UniqueConstraint(fields=('centre', 'self_assessment', 'number'), name='sa_version_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Verifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_lsv', models.BooleanField(default=False, help_text='Holds the qualification of a Lead Standards Verifier')),
                ('days_a_year', models.PositiveSmallIntegerField(default=20)),
                ('town', models.CharField(blank=True, max_length=80)),
                ('left_on', models.DateField(blank=True, null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='verifier', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='allocation',
            name='verifier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.verifier'),
        ),
        migrations.CreateModel(
            name='VerifierAbsence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=120)),
                ('verifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='verification.verifier')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='VerifierDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('part', models.CharField(choices=[('AM', 'morning'), ('PM', 'afternoon')], max_length=2)),
                ('activity_id', models.BigIntegerField()),
                ('verifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booked_days', to='verification.verifier')),
            ],
            options={
                'indexes': [models.Index(fields=['activity_id'], name='verifier_day_of_activity')],
                'constraints': [models.UniqueConstraint(fields=('verifier', 'day', 'part'), name='verifier_day_booked_once')],
            },
        ),
        migrations.CreateModel(
            name='VerifierSector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.sector')),
                ('verifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sectors', to='verification.verifier')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('verifier', 'sector'), name='verifier_sector_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionresponse',
            trigger=pgtrigger.compiler.Trigger(name='action_response_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0a5314e61c1a805f4e2a99df61aa04cdfe36efe0', operation='UPDATE', pgid='pgtrigger_action_response_unchanging_02045', table='verification_actionresponse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionresponse',
            trigger=pgtrigger.compiler.Trigger(name='action_response_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='319ba4f349a06359e4863f7611632f1aa52789d6', operation='DELETE', pgid='pgtrigger_action_response_undeletable_a9697', table='verification_actionresponse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='declaration_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('DUE', 'SIGNED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'declaration: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='2199254e929f40618cb4b3e1595075b87855baa6', operation='UPDATE OF "status"', pgid='pgtrigger_declaration_status_edge_b5eff', table='verification_annualdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='declaration_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('DUE'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'declaration: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='3fb2c3247562c3caec31fc8041cf039331411153', operation='INSERT', pgid='pgtrigger_declaration_status_start_d1b9e', table='verification_annualdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='declaration_unchanging_once_signed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'SIGNED' AND OLD.* IS DISTINCT FROM NEW.*)", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='aa93b4344089e70c9209c0245ba7f84d71c0707f', operation='UPDATE', pgid='pgtrigger_declaration_unchanging_once_signed_37b25', table='verification_annualdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='declaration_undeletable_once_signed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'SIGNED')", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4f6a8021506562f1ef5fca2922be1d30cf96ab3f', operation='DELETE', pgid='pgtrigger_declaration_undeletable_once_signed_0103f', table='verification_annualdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activitycount',
            trigger=pgtrigger.compiler.Trigger(name='activity_count_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('CONFIRMED', 'PROPOSED'), ('PROPOSED', 'CONFIRMED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'activity_count: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='457827d1a78f1fba64f550fa59c5ee9c2b181d06', operation='UPDATE OF "status"', pgid='pgtrigger_activity_count_status_edge_4feb6', table='verification_activitycount', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activitycount',
            trigger=pgtrigger.compiler.Trigger(name='activity_count_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('PROPOSED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'activity_count: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='999d3be0830171b56a4be2f484f650de04f1e008', operation='INSERT', pgid='pgtrigger_activity_count_status_start_c4769', table='verification_activitycount', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['centre', 'centre_year', 'kind'], name='activity_of_year'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['centre', 'day'], name='activity_by_day'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=qa_portal.rls.TenantIsolation(field='centre', name='activity_isolation'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='activity_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=qa_portal.rls.SameCentre(field='centre_year', name='activity_centre_year_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=qa_portal.rls.SameCentre(field='allocation', name='activity_allocation_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=qa_portal.rls.SameCentre(field='programme', name='activity_programme_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=qa_portal.rls.SameCentre(field='site', name='activity_site_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'CANCELLED'), _negated=True), fields=('centre', 'centre_year', 'kind', 'programme', 'number'), name='activity_number_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'VISIT'), ('programme', None)), models.Q(('kind', 'SAMPLING'), ('programme__isnull', False)), _connector='OR'), name='activity_programme_for_sampling_only'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['PROPOSED', 'AGREED']), _negated=True), ('day__isnull', False), _connector='OR'), name='activity_agreed_has_a_day'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['WAIVED', 'CANCELLED']), _negated=True), models.Q(('ended_reason', ''), _negated=True), _connector='OR'), name='activity_waived_or_cancelled_with_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activity',
            trigger=pgtrigger.compiler.Trigger(name='activity_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('AGREED', 'CANCELLED'), ('AGREED', 'PLANNED'), ('AGREED', 'PROPOSED'), ('AGREED', 'UNDER_WAY'), ('AGREED', 'WAIVED'), ('FACT_CHECK', 'CONCLUDED'), ('FACT_CHECK', 'UNDER_WAY'), ('PLANNED', 'CANCELLED'), ('PLANNED', 'PROPOSED'), ('PLANNED', 'WAIVED'), ('PROPOSED', 'AGREED'), ('PROPOSED', 'CANCELLED'), ('PROPOSED', 'PLANNED'), ('PROPOSED', 'PROPOSED'), ('PROPOSED', 'WAIVED'), ('UNDER_WAY', 'CONCLUDED'), ('UNDER_WAY', 'FACT_CHECK'), ('UNDER_WAY', 'WAIVED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'activity: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='bcc512987ac6cf0983e900d7a79f7d1db3bc9545', operation='UPDATE OF "status"', pgid='pgtrigger_activity_status_edge_e5eb0', table='verification_activity', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activity',
            trigger=pgtrigger.compiler.Trigger(name='activity_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('PLANNED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'activity: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='602320e8af6da68aabae2ea95266580d5b807ddd', operation='INSERT', pgid='pgtrigger_activity_status_start_e01e6', table='verification_activity', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['centre', 'status', 'due_on'], name='action_by_due_date'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=qa_portal.rls.TenantIsolation(field='centre', name='action_isolation'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='action_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=qa_portal.rls.SameCentre(field='centre_year', name='action_centre_year_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=qa_portal.rls.SameCentre(field='activity', name='action_activity_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=qa_portal.rls.SameCentre(field='programme', name='action_programme_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.UniqueConstraint(fields=('centre', 'number'), name='action_number_once_per_centre'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'CLOSED'), _negated=True), ('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('status', 'CLOSED')), _connector='OR'), name='action_closed_at_and_by_go_together'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='action_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('ANSWERED', 'CLOSED'), ('ANSWERED', 'RETURNED'), ('OPEN', 'ANSWERED'), ('OPEN', 'CLOSED'), ('RETURNED', 'ANSWERED'), ('RETURNED', 'CLOSED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'action: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='65e3270c33fb1646f93bbb9773f6c8546e36eaa3', operation='UPDATE OF "status"', pgid='pgtrigger_action_status_edge_ca363', table='verification_action', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='action_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('OPEN'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'action: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='792a43264851f8993cd1cec62f7eb47964b42688', operation='INSERT', pgid='pgtrigger_action_status_start_c8e5a', table='verification_action', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conflictdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='conflict_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(OLD) - 'replaced_at' IS DISTINCT FROM to_jsonb(NEW) - 'replaced_at' THEN RAISE EXCEPTION 'conflict: this record does not change' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='f6bd847e66c40c210a6d6c553fec2a9bb04d2b8f', operation='UPDATE', pgid='pgtrigger_conflict_unchanging_1281a', table='verification_conflictdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conflictdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='conflict_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f01c6551a5d1d05aa063133236a1a9c9c2c1196c', operation='DELETE', pgid='pgtrigger_conflict_undeletable_3599a', table='verification_conflictdeclaration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directclaimsrecommendation',
            trigger=pgtrigger.compiler.Trigger(name='dcs_recommendation_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('WAITING', 'ACCEPTED'), ('WAITING', 'DECLINED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'dcs_recommendation: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='d06282a79c1d0f2f75c0a4efb0033c931c3a5580', operation='UPDATE OF "status"', pgid='pgtrigger_dcs_recommendation_status_edge_0a484', table='verification_directclaimsrecommendation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directclaimsrecommendation',
            trigger=pgtrigger.compiler.Trigger(name='dcs_recommendation_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('WAITING'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'dcs_recommendation: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='925bfc5e27374816830649e1d7b8bd300c0193ed', operation='INSERT', pgid='pgtrigger_dcs_recommendation_status_start_18496', table='verification_directclaimsrecommendation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directclaimsstatus',
            trigger=pgtrigger.compiler.Trigger(name='direct_claims_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('ACTIVE', 'ACTIVE'), ('ACTIVE', 'NOT_HELD'), ('ACTIVE', 'SUSPENDED'), ('NOT_HELD', 'ACTIVE'), ('SUSPENDED', 'ACTIVE'), ('SUSPENDED', 'NOT_HELD')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'direct_claims: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='fc3e1df2aff42f3740fd5dcc7317228e05b671b9', operation='UPDATE OF "status"', pgid='pgtrigger_direct_claims_status_edge_aa201', table='verification_directclaimsstatus', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directclaimsstatus',
            trigger=pgtrigger.compiler.Trigger(name='direct_claims_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('NOT_HELD'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'direct_claims: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='333b6d1154430887b2eb4b77adec05c60ed806bf', operation='INSERT', pgid='pgtrigger_direct_claims_status_start_d1008', table='verification_directclaimsstatus', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalation',
            trigger=pgtrigger.compiler.Trigger(name='escalation_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('RAISED', 'ANSWERED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'escalation: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='dccd211a1d61a83c59ed97df5ecdfd3de0fc890e', operation='UPDATE OF "status"', pgid='pgtrigger_escalation_status_edge_dfe54', table='verification_escalation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalation',
            trigger=pgtrigger.compiler.Trigger(name='escalation_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('RAISED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'escalation: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='8197f7fad16bc8dd4878620abcf1bcaf1da22cc7', operation='INSERT', pgid='pgtrigger_escalation_status_start_2d3b1', table='verification_escalation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factcheck',
            trigger=pgtrigger.compiler.Trigger(name='fact_check_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('SENT', 'ANSWERED'), ('SENT', 'CLOSED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'fact_check: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='550fb44deb39f358d4d69958948e0f1c027b6a00', operation='UPDATE OF "status"', pgid='pgtrigger_fact_check_status_edge_3b2a0', table='verification_factcheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factcheck',
            trigger=pgtrigger.compiler.Trigger(name='fact_check_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('SENT'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'fact_check: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='37464421703649a2aa6696e51912fbd27f9193c4', operation='INSERT', pgid='pgtrigger_fact_check_status_start_812a3', table='verification_factcheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9ea979026ee95381b308a58eb3182a05507ac1ee', operation='UPDATE', pgid='pgtrigger_message_unchanging_a2a31', table='verification_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='244eb0c979d3197fa32fcfa9d693379de9d7be80', operation='DELETE', pgid='pgtrigger_message_undeletable_a67e3', table='verification_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='release_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('OUTSTANDING', 'PENDING'), ('OUTSTANDING', 'RELEASED'), ('PENDING', 'OUTSTANDING'), ('PENDING', 'RELEASED'), ('RELEASED', 'PENDING')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'release: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='687921e0fb977b9e298de46c295b8a1e74547e62', operation='UPDATE OF "status"', pgid='pgtrigger_release_status_edge_f8c66', table='verification_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='release_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('OUTSTANDING'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'release: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='5a69098c6582e2389ca2d2b2c82634e03a852d67', operation='INSERT', pgid='pgtrigger_release_status_start_b7440', table='verification_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='riskrating',
            trigger=pgtrigger.compiler.Trigger(name='risk_rating_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d7de9cfef324a56e4ab88e5a21acc6866373df9f', operation='UPDATE', pgid='pgtrigger_risk_rating_unchanging_2e8fc', table='verification_riskrating', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='riskrating',
            trigger=pgtrigger.compiler.Trigger(name='risk_rating_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c8f110df01dfd526860e7052ae116d31a0f0a787', operation='DELETE', pgid='pgtrigger_risk_rating_undeletable_2f1e0', table='verification_riskrating', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selfassessment',
            trigger=pgtrigger.compiler.Trigger(name='self_assessment_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('OPEN', 'SUBMITTED'), ('OPEN', 'WITHDRAWN'), ('RETURNED', 'SUBMITTED'), ('RETURNED', 'WITHDRAWN'), ('SUBMITTED', 'ACCEPTED'), ('SUBMITTED', 'OPEN'), ('SUBMITTED', 'RETURNED'), ('WITHDRAWN', 'OPEN')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'self_assessment: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='7e20d02aeb00c8c5feb091ef6e560a25d65c81e6', operation='UPDATE OF "status"', pgid='pgtrigger_self_assessment_status_edge_a7a4f', table='verification_selfassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selfassessment',
            trigger=pgtrigger.compiler.Trigger(name='self_assessment_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('OPEN'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'self_assessment: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='df000f396dc7811e976e67dbd904cba36356208c', operation='INSERT', pgid='pgtrigger_self_assessment_status_start_28673', table='verification_selfassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extension',
            trigger=pgtrigger.compiler.Trigger(name='extension_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('ASKED', 'CLOSED'), ('ASKED', 'GRANTED'), ('ASKED', 'REFUSED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'extension: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='5dbfe641976886e3a83736152bbe8df341d2a3c2', operation='UPDATE OF "status"', pgid='pgtrigger_extension_status_edge_d05ed', table='verification_extension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extension',
            trigger=pgtrigger.compiler.Trigger(name='extension_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('ASKED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'extension: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='af5c34add6f96e3a2927a0131b2b37e200569d63', operation='INSERT', pgid='pgtrigger_extension_status_start_5b253', table='verification_extension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selfassessmentversion',
            trigger=pgtrigger.compiler.Trigger(name='sa_version_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5825f873e09d0b4cbcaff34460e58d637c7ceaba', operation='UPDATE', pgid='pgtrigger_sa_version_unchanging_537f3', table='verification_selfassessmentversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selfassessmentversion',
            trigger=pgtrigger.compiler.Trigger(name='sa_version_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d6111503278f044f34dd60a747657440776a7ef4', operation='DELETE', pgid='pgtrigger_sa_version_undeletable_a6e5c', table='verification_selfassessmentversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='allocation',
            index=models.Index(fields=['verifier', 'status'], name='allocation_of_verifier'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=qa_portal.rls.TenantIsolation(field='centre', kept_while=('status', ['PROPOSED', 'DROPPED']), name='allocation_isolation'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='allocation_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=qa_portal.rls.SameCentre(field='centre_year', name='allocation_centre_year_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=qa_portal.rls.SameCentre(field='programme', name='allocation_programme_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=qa_portal.rls.SameCentre(field='replaces', name='allocation_replaces_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['PROPOSED', 'ACTIVE'])), fields=('centre', 'centre_year', 'kind', 'programme'), name='allocation_one_verifier_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'LSV'), ('programme', None)), models.Q(('kind', 'SV'), ('programme__isnull', False)), _connector='OR'), name='allocation_programme_for_sv_only'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allocation',
            trigger=pgtrigger.compiler.Trigger(name='allocation_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('ACTIVE', 'ENDED'), ('PROPOSED', 'ACTIVE'), ('PROPOSED', 'DROPPED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'allocation: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='25367fc8653d2cd97b675b5195b2f3f820acefc2', operation='UPDATE OF "status"', pgid='pgtrigger_allocation_status_edge_9b182', table='verification_allocation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allocation',
            trigger=pgtrigger.compiler.Trigger(name='allocation_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('PROPOSED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'allocation: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='0ade252b7666033793886cbafbe955cc0d486c58', operation='INSERT', pgid='pgtrigger_allocation_status_start_ebb46', table='verification_allocation', when='BEFORE')),
        ),
    ]
