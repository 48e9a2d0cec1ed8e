import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import qa_portal.rls
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qan', models.CharField(help_text='Qualification number, for example 603/6136/0', max_length=12, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('short_title', models.CharField(help_text='How lists call it: Instructing Circuit Training', max_length=80)),
                ('label', models.CharField(help_text='The shortest name, for side lists: Circuit Training', max_length=80)),
                ('level', models.CharField(max_length=20)),
                ('suite', models.CharField(max_length=80)),
                ('lead_iv_required', models.BooleanField(help_text='Unknown where no source says it', null=True)),
                ('moderated', models.BooleanField(default=False)),
                ('grades', models.JSONField(default=list, help_text='The grade scale, lowest first, without fails')),
                ('operational_start', models.DateField(blank=True, null=True)),
                ('operational_end', models.DateField(blank=True, null=True)),
                ('certification_end', models.DateField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(error_messages={'unique': 'A person with this e-mail address exists.'}, max_length=254, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower('name'), output_field=models.CharField(db_collation='C', max_length=120))),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('is_active', models.BooleanField(default=True)),
                ('is_service', models.BooleanField(default=False, help_text='Stands for a machine; never signs in.')),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('details_confirmed_on', models.DateField(blank=True, null=True)),
                ('mail_preferences', models.JSONField(blank=True, default=dict)),
                ('calendar_secret', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['name_key'], name='person_by_name'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('name', config='simple'), name='person_by_any_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='person_email_is_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='Centre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=5, unique=True)),
                ('name', models.CharField(max_length=160)),
                ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower('name'), output_field=models.CharField(db_collation='C', max_length=160))),
                ('nation', models.CharField(choices=[('GB-ENG', 'England'), ('GB-WLS', 'Wales'), ('GB-SCT', 'Scotland'), ('GB-NIR', 'Northern Ireland')], default='GB-ENG', max_length=6)),
                ('time_zone', models.CharField(default='Europe/London', max_length=40)),
                ('town', models.CharField(blank=True, max_length=80)),
                ('address', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('APPROVED', 'Approved'), ('CLOSED', 'Closed')], default='APPROVED', max_length=10)),
                ('approved_on', models.DateField()),
                ('mainly_btec_qa', models.BooleanField(default=False, help_text="Delivers mainly under BTEC quality assurance: the short form, from each year's review on (R6).")),
                ('quality_manager', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['name_key'], name='centre_by_name')],
                'constraints': [qa_portal.rls.TenantIsolation(field='id', name='centre_isolation'), models.CheckConstraint(condition=models.Q(('number__regex', '^[0-9]{5}$')), name='centre_number_has_five_digits')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('storage_name', models.CharField(max_length=300)),
                ('scan', models.CharField(choices=[('NOT_SCANNED', 'Not scanned'), ('CLEAN', 'Clean'), ('INFECTED', 'Infected')], default='NOT_SCANNED', max_length=12)),
                ('uploaded_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('replaces', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='centres.evidencefile')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'uploaded_at'], name='evidence_file_by_date')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='evidence_file_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='evidence_file_centre_and_id'), qa_portal.rls.SameCentre(field='replaces', name='evidence_file_replaces_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nation', models.CharField(choices=[('GB-ENG', 'England'), ('GB-WLS', 'Wales'), ('GB-SCT', 'Scotland'), ('GB-NIR', 'Northern Ireland')], max_length=6)),
                ('day', models.DateField()),
                ('name', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('nation', 'day'), name='holiday_once_per_nation')],
            },
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('status', models.CharField(choices=[('CHECKING', 'Being checked'), ('CHECKED', 'Checked'), ('APPLYING', 'Being saved'), ('APPLIED', 'Saved'), ('DISCARDED', 'Discarded'), ('FAILED', 'Could not be read')], default='CHECKING', max_length=10)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('total_rows', models.PositiveIntegerField(null=True)),
                ('good_rows', models.PositiveIntegerField(null=True)),
                ('problems', models.JSONField(default=list, help_text='[{"row": 2, "column": "uln", "message": "..."}]')),
                ('result', models.JSONField(default=dict, help_text='What the rows would make or made, in numbers')),
                ('only_good_rows', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('file', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.evidencefile')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='import_job_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='import_job_centre_and_id'), qa_portal.rls.SameCentre(field='file', name='import_job_file_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='Learner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_name', models.CharField(max_length=80)),
                ('family_name', models.CharField(max_length=80)),
                ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('family_name', models.Value(' '), 'given_name')), output_field=models.CharField(db_collation='C', max_length=161))),
                ('date_of_birth', models.DateField(blank=True, null=True)),
                ('uln', models.CharField(blank=True, max_length=10)),
                ('reference', models.CharField(blank=True, help_text="The centre's own number for the learner", max_length=40)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'name_key', 'id'], name='learner_by_name')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='learner_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='learner_centre_and_id'), models.UniqueConstraint(condition=models.Q(('uln', ''), _negated=True), fields=('centre', 'uln'), name='learner_uln_once_per_centre'), models.CheckConstraint(condition=models.Q(('uln', ''), ('uln__regex', '^[1-9][0-9]{9}$'), _connector='OR'), name='learner_uln_has_ten_digits')],
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('APPROVED', 'Approved'), ('CLOSED', 'Closed')], default='APPROVED', max_length=10)),
                ('approved_from', models.DateField()),
                ('approved_to', models.DateField(blank=True, help_text='Last day on which learners may be registered', null=True)),
                ('specification_version', models.CharField(default='1', max_length=20)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.qualification')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='programme_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='programme_centre_and_id'), models.UniqueConstraint(fields=('centre', 'qualification'), name='programme_once_per_centre')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(choices=[('head_of_centre', 'Head of Centre'), ('quality_nominee', 'Quality Nominee'), ('examinations_officer', 'Examinations Officer'), ('programme_leader', 'Programme leader'), ('lead_internal_verifier', 'Lead Internal Verifier'), ('internal_verifier', 'Internal Verifier'), ('assessor', 'Assessor'), ('system_client', 'Management information system'), ('lead_standards_verifier', 'Lead Standards Verifier'), ('standards_verifier', 'Standards Verifier'), ('outgoing_lead_verifier', 'Outgoing Lead Standards Verifier'), ('quality_manager', 'Quality manager'), ('planner', 'Planner'), ('viewer', 'Viewer'), ('administrator', 'Administrator')], max_length=40)),
                ('subject_area', models.CharField(blank=True, max_length=80)),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('status', models.CharField(choices=[('SENT', 'Sent'), ('ACCEPTED', 'Accepted'), ('WITHDRAWN', 'Withdrawn')], default='SENT', max_length=10)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('delivery_pattern', models.CharField(choices=[('ACADEMIC_YEAR', 'Academic year'), ('ROLL_ON_ROLL_OFF', 'Roll-on roll-off'), ('SHORT_COURSE', 'Short course')], max_length=16)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('certification_needed_by', models.DateField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='centres.programme')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('title', models.CharField(max_length=160)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='centres.programme')),
            ],
        ),
        migrations.CreateModel(
            name='AccessGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('head_of_centre', 'Head of Centre'), ('quality_nominee', 'Quality Nominee'), ('examinations_officer', 'Examinations Officer'), ('programme_leader', 'Programme leader'), ('lead_internal_verifier', 'Lead Internal Verifier'), ('internal_verifier', 'Internal Verifier'), ('assessor', 'Assessor'), ('system_client', 'Management information system'), ('lead_standards_verifier', 'Lead Standards Verifier'), ('standards_verifier', 'Standards Verifier'), ('outgoing_lead_verifier', 'Outgoing Lead Standards Verifier'), ('quality_manager', 'Quality manager'), ('planner', 'Planner'), ('viewer', 'Viewer'), ('administrator', 'Administrator')], max_length=40)),
                ('subject_area', models.CharField(blank=True, help_text='Principal subject area of a Lead IV.', max_length=80)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('delegated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='centres.centre')),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'ends_on'], name='access_grant_of_person'), models.Index(fields=['centre', 'role', 'ends_on'], name='access_grant_of_centre')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='access_grant_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('delegated_by', None), ('ends_on__isnull', False), _connector='OR'), name='access_grant_delegation_expires'), models.CheckConstraint(condition=models.Q(('programme', None), ('centre__isnull', False), _connector='OR'), name='access_grant_programme_only_at_a_centre'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('delegated_by', None), ('role', 'head_of_centre')), expressions=[(models.Func(models.F('centre_id'), models.F('centre_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[)'), function='daterange'), '&&')], name='access_grant_one_head_of_centre_at_a_time'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('delegated_by', None), ('role', 'quality_nominee')), expressions=[(models.Func(models.F('centre_id'), models.F('centre_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[)'), function='daterange'), '&&')], name='access_grant_one_quality_nominee_at_a_time'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('delegated_by', None), ('role', 'lead_internal_verifier')), expressions=[(models.Func(models.F('centre_id'), models.F('centre_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[)'), function='daterange'), '&&'), (models.Func(models.F('subject_area'), function='hashtext', template="int4range(hashtext(%(expressions)s), hashtext(%(expressions)s), '[]')"), '&&')], name='access_grant_one_lead_internal_verifier_per_area')],
            },
        ),
        migrations.CreateModel(
            name='QaModelPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(choices=[('WBL', 'Work-based learning'), ('BTEC', 'BTEC quality assurance')], max_length=4)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qa_models', to='centres.qualification')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('qualification', 'starts_on'), name='qa_model_starts_once_on_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ENROLLED', 'Enrolled, not registered'), ('REGISTERED', 'Registered'), ('WITHDRAWN', 'Withdrawn')], default='ENROLLED', max_length=10)),
                ('enrolled_on', models.DateField()),
                ('registered_on', models.DateField(blank=True, null=True)),
                ('certificate_name', models.CharField(max_length=160)),
                ('specification_version', models.CharField(max_length=20)),
                ('fee_multiplier', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True)),
                ('fee_facts', models.JSONField(blank=True, default=dict, help_text='Rule, scheme version and dates behind the fee')),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('cohort', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='centres.cohort')),
                ('learner', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='centres.learner')),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='centres.programme')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'programme', 'status'], name='registration_of_programme')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='registration_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='registration_centre_and_id'), qa_portal.rls.SameCentre(field='learner', name='registration_learner_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='registration_programme_of_same_centre'), qa_portal.rls.SameCentre(field='cohort', name='registration_cohort_of_same_centre'), models.UniqueConstraint(condition=models.Q(('status', 'WITHDRAWN'), _negated=True), fields=('centre', 'learner', 'programme'), name='registration_once_per_learner_and_programme'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'REGISTERED'), _negated=True), ('registered_on__isnull', False), _connector='OR'), name='registration_registered_on_when_registered')],
            },
        ),
        migrations.CreateModel(
            name='SchemeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('version', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('suites', models.JSONField(default=list, help_text='The suites it governs; an empty list is every other suite')),
                ('qa_model', models.CharField(choices=[('WBL', 'Work-based learning'), ('BTEC', 'BTEC quality assurance')], max_length=4)),
                ('effective_from', models.DateField()),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='scheme_version_once'), models.UniqueConstraint(fields=('code', 'effective_from'), name='scheme_effective_once_on_a_day')],
            },
        ),
        migrations.AddField(
            model_name='qualification',
            name='sector',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='centres.sector'),
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('address', models.TextField(blank=True)),
                ('is_main', models.BooleanField(default=False)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='site_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='site_centre_and_id'), models.UniqueConstraint(fields=('centre', 'name'), name='site_name_once_per_centre')],
            },
        ),
        migrations.AddField(
            model_name='cohort',
            name='site',
            field=qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='centres.site'),
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('roles', models.JSONField(default=list, help_text='Role codes: assessor, internal_verifier, ...')),
                ('started_on', models.DateField(blank=True, null=True)),
                ('left_on', models.DateField(blank=True, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sector', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.sector')),
                ('site', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='centres.site')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'name'], name='staff_member_by_name')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='staff_member_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='staff_member_centre_and_id'), qa_portal.rls.SameCentre(field='site', name='staff_member_site_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='StaffDevelopment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('QUALIFICATION', 'Qualification'), ('CPD', 'Professional development'), ('STANDARDISATION', 'Standardisation')], max_length=15)),
                ('title', models.CharField(max_length=200)),
                ('on_date', models.DateField()),
                ('hours', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('staff_member', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='development', to='centres.staffmember')),
            ],
            options={
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='staff_development_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='staff_development_centre_and_id'), qa_portal.rls.SameCentre(field='staff_member', name='staff_development_staff_member_of_same_centre')],
            },
        ),
        migrations.CreateModel(
            name='AssessmentDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.CharField(choices=[('FIRST', 'First submission'), ('RESUBMISSION', 'Resubmission'), ('RETAKE', 'Retake')], default='FIRST', max_length=12)),
                ('decided_on', models.DateField()),
                ('grade', models.CharField(help_text="A grade of the qualification's scale, or U", max_length=10)),
                ('criteria', models.JSONField(default=dict, help_text='Criteria by code: {"4.P1": true}')),
                ('verification_outcome', models.CharField(choices=[('NONE', 'Not internally verified'), ('AGREED', 'Agreed'), ('CORRECTED', 'Corrected')], default='NONE', max_length=10)),
                ('verified_on', models.DateField(blank=True, null=True)),
                ('reference', models.CharField(blank=True, help_text="The centre's own number for the decision", max_length=60)),
                ('assignment', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='centres.assignment')),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                ('programme', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.programme')),
                ('registration', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='centres.registration')),
                ('site', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.site')),
                ('assessor', qa_portal.rls.TenantKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.staffmember')),
                ('internal_verifier', qa_portal.rls.TenantKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.staffmember')),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'programme', 'decided_on'], name='decision_of_programme')],
                'constraints': [qa_portal.rls.TenantIsolation(field='centre', name='decision_isolation'), models.UniqueConstraint(fields=('centre', 'id'), name='decision_centre_and_id'), qa_portal.rls.SameCentre(field='registration', name='decision_registration_of_same_centre'), qa_portal.rls.SameCentre(field='programme', name='decision_programme_of_same_centre'), qa_portal.rls.SameCentre(field='assignment', name='decision_assignment_of_same_centre'), qa_portal.rls.SameCentre(field='site', name='decision_site_of_same_centre'), qa_portal.rls.SameCentre(field='assessor', name='decision_assessor_of_same_centre'), qa_portal.rls.SameCentre(field='internal_verifier', name='decision_internal_verifier_of_same_centre'), models.UniqueConstraint(fields=('centre', 'registration', 'assignment', 'attempt'), name='decision_once_per_attempt'), models.CheckConstraint(condition=models.Q(('internal_verifier', None), models.Q(('internal_verifier', models.F('assessor')), _negated=True), _connector='OR'), name='decision_not_verified_by_its_own_assessor'), models.CheckConstraint(condition=models.Q(models.Q(('internal_verifier', None), ('verification_outcome', 'NONE'), ('verified_on', None)), models.Q(('internal_verifier__isnull', False), ('verified_on__isnull', False), models.Q(('verification_outcome', 'NONE'), _negated=True)), _connector='OR'), name='decision_verifier_outcome_and_date_go_together')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=160)),
                ('urn', models.CharField(blank=True, max_length=12)),
                ('mandatory', models.BooleanField(default=True)),
                ('guided_learning_hours', models.PositiveSmallIntegerField(null=True)),
                ('criteria', models.JSONField(default=list, help_text='[{"code": "4.P1", "text": "...", "grade": "P"}]')),
                ('source', models.CharField(default='portal', max_length=40)),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='centres.qualification')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('qualification', 'number'), name='unit_number_once')],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.unit'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importjob',
            trigger=pgtrigger.compiler.Trigger(name='import_job_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('APPLYING', 'APPLIED'), ('APPLYING', 'CHECKED'), ('CHECKED', 'APPLYING'), ('CHECKED', 'DISCARDED'), ('CHECKING', 'CHECKED'), ('CHECKING', 'FAILED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'import_job: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='01515ca400decf7aa2b2c1804b0bcbaa1f48dadf', operation='UPDATE OF "status"', pgid='pgtrigger_import_job_status_edge_e504f', table='centres_importjob', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importjob',
            trigger=pgtrigger.compiler.Trigger(name='import_job_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('CHECKING'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'import_job: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='3f7b46a46884b476d34b24df7f00247e80a199ad', operation='INSERT', pgid='pgtrigger_import_job_status_start_95537', table='centres_importjob', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='programme_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('APPROVED', 'CLOSED'), ('CLOSED', 'APPROVED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'programme: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='7d6ebf78fc7c088c75713a34421ba4c6b4f9d1c6', operation='UPDATE OF "status"', pgid='pgtrigger_programme_status_edge_68b0d', table='centres_programme', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='programme_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('APPROVED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'programme: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='282744dded6d0bcb70906d5f0f35f0d80bf7c405', operation='INSERT', pgid='pgtrigger_programme_status_start_219ea', table='centres_programme', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='registration',
            trigger=pgtrigger.compiler.Trigger(name='registration_status_edge', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('ENROLLED', 'REGISTERED'), ('ENROLLED', 'WITHDRAWN'), ('REGISTERED', 'WITHDRAWN'), ('WITHDRAWN', 'REGISTERED')))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'registration: % to % is not an allowed change', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='d57f8cd42a50fac5464630d00911fa9a7c5c7f5f', operation='UPDATE OF "status"', pgid='pgtrigger_registration_status_edge_e4ab2', table='centres_registration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='registration',
            trigger=pgtrigger.compiler.Trigger(name='registration_status_start', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status NOT IN ('ENROLLED', 'REGISTERED'))", func="IF NOT (current_setting('qa.bulk_load', true) = 'on') IS TRUE THEN RAISE EXCEPTION 'registration: % is not a status to start at', NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='c764c928817de4ccbd192c36f9b2bdd0cd79f5bf', operation='INSERT', pgid='pgtrigger_registration_status_start_a8c5f', table='centres_registration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schemeversion',
            trigger=pgtrigger.compiler.Trigger(name='scheme_version_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e3d8b29aaac2250334ca08e4253762941508a578', operation='UPDATE', pgid='pgtrigger_scheme_version_unchanging_d4438', table='centres_schemeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schemeversion',
            trigger=pgtrigger.compiler.Trigger(name='scheme_version_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='dedd6c98164abc5a8a4599d0a0f1598d3f879412', operation='DELETE', pgid='pgtrigger_scheme_version_undeletable_6b007', table='centres_schemeversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='qualification',
            index=models.Index(fields=['suite'], name='qualification_of_suite'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=qa_portal.rls.TenantIsolation(field='centre', name='cohort_isolation'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='cohort_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=qa_portal.rls.SameCentre(field='programme', name='cohort_programme_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=qa_portal.rls.SameCentre(field='site', name='cohort_site_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.UniqueConstraint(fields=('centre', 'programme', 'name'), name='cohort_name_once_per_programme'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='cohort_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=qa_portal.rls.TenantIsolation(field='centre', name='assignment_isolation'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='assignment_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=qa_portal.rls.SameCentre(field='programme', name='assignment_programme_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('centre', 'programme', 'unit', 'number'), name='assignment_number_once_per_unit'),
        ),
    ]
