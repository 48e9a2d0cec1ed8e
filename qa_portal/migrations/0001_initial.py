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
            name='AuditHead',
            fields=[
                ('chain', models.BigIntegerField(help_text="A centre's id, or 0 for the installation.", primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(default=0)),
                ('hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='A registered kind, for example self_assessment.submit', max_length=40)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('programme_id', models.BigIntegerField(blank=True, null=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField()),
                ('owner_role', models.CharField(max_length=40)),
                ('owner_side', models.CharField(choices=[('centre', 'Centre'), ('verifier', 'Verifier'), ('ao', 'Awarding organisation')], max_length=8)),
                ('title', models.CharField(help_text='Starts with a verb: Submit the self-assessment', max_length=200)),
                ('why', models.CharField(blank=True, max_length=400)),
                ('source', models.CharField(blank=True, help_text='Where it comes from: SV report, 12 June', max_length=80)),
                ('url', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('MET', 'Met'), ('CANCELLED', 'Cancelled')], default='OPEN', max_length=10)),
                ('ended_at', models.DateTimeField(null=True)),
                ('kept_to', models.CharField(blank=True, choices=[('centre', 'Centre'), ('verifier', 'Verifier'), ('ao', 'Awarding organisation')], help_text='The side that reads it, beside the awarding organisation; empty: everybody at the centre', max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.CharField(max_length=120)),
                ('key', models.CharField(max_length=255)),
                ('request_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('client', 'key'), name='idempotency_key_once_per_client')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.PositiveSmallIntegerField()),
                ('body', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=200)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True)),
                ('url', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('DUE', 'To be sent'), ('SENT', 'Sent'), ('FAILED', 'Not sent'), ('BOUNCED', 'Came back'), ('NOT_WANTED', 'Turned off by the person')], default='DUE', max_length=12)),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('kept_to', models.CharField(blank=True, choices=[('centre', 'Centre'), ('verifier', 'Verifier'), ('ao', 'Awarding organisation')], help_text='The side that reads it, beside the awarding organisation; empty: everybody at the centre', max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(max_length=80)),
                ('centre_id', models.BigIntegerField(null=True)),
                ('kwargs', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('nudged_at', models.DateTimeField(auto_now_add=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['nudged_at'], name='outbox_still_to_do')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('chain', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('event', models.CharField(max_length=80)),
                ('by_id', models.BigIntegerField(null=True)),
                ('side', models.CharField(blank=True, max_length=8)),
                ('kept_to', models.CharField(blank=True, choices=[('centre', 'Centre'), ('verifier', 'Verifier'), ('ao', 'Awarding organisation')], help_text='The side that reads it, beside the awarding organisation; empty: everybody at the centre', max_length=8)),
                ('target_type', models.CharField(max_length=60)),
                ('target_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('details', models.JSONField(default=dict)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('prev_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
            options={
                'indexes': [models.Index(fields=['chain', 'target_type', 'target_id', 'seq'], name='audit_event_of_a_target')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='audit_event_has_one_place_in_its_chain'), qa_portal.rls.TenantIsolation(field='chain', kept_by='kept_to', name='audit_event_isolation', writable_value='0')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditevent',
            trigger=pgtrigger.compiler.Trigger(name='audit_event_unchanging', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1c4e262a9ecf27e3370b9051ca558afa57823115', operation='UPDATE', pgid='pgtrigger_audit_event_unchanging_d5c1a', table='qa_portal_auditevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditevent',
            trigger=pgtrigger.compiler.Trigger(name='audit_event_undeletable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b32f2084dff7fca0f9f5e75cda40da028137dded', operation='DELETE', pgid='pgtrigger_audit_event_undeletable_12c00', table='qa_portal_auditevent', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='deadline',
            name='centre',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre'),
        ),
        migrations.AddField(
            model_name='deadline',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='idempotentanswer',
            name='centre',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre'),
        ),
        migrations.AddField(
            model_name='idempotentanswer',
            name='given_for',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='qa_portal.idempotencykey'),
        ),
        migrations.AddField(
            model_name='mail',
            name='centre',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre'),
        ),
        migrations.AddField(
            model_name='mail',
            name='deadline',
            field=qa_portal.rls.TenantKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='qa_portal.deadline'),
        ),
        migrations.AddField(
            model_name='mail',
            name='to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('state', 'OPEN')), fields=['centre', 'due_on'], name='deadline_open_by_date'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('state', 'OPEN')), fields=['due_on'], name='deadline_open_due'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('state', 'OPEN')), fields=['owner', 'due_on'], name='deadline_open_of_person'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=qa_portal.rls.TenantIsolation(field='centre', kept_by='kept_to', name='deadline_isolation'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='deadline_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'OPEN')), fields=('centre', 'kind', 'subject_type', 'subject_id'), name='deadline_open_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'OPEN'), ('ended_at', None)), models.Q(models.Q(('state', 'OPEN'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='deadline_ended_when_not_open'),
        ),
        migrations.AddConstraint(
            model_name='idempotentanswer',
            constraint=qa_portal.rls.TenantIsolation(field='centre', name='idempotent_answer_isolation'),
        ),
        migrations.AddConstraint(
            model_name='idempotentanswer',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='idempotent_answer_centre_and_id'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state', 'DUE')), fields=['due_at'], name='mail_to_be_sent'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='mail_by_message_id'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=qa_portal.rls.TenantIsolation(field='centre', kept_by='kept_to', name='mail_isolation'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(fields=('centre', 'id'), name='mail_centre_and_id'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=qa_portal.rls.SameCentre(field='deadline', name='mail_deadline_of_same_centre'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(fields=('centre', 'key'), name='mail_once_per_key'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['SENT', 'BOUNCED']), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='mail_sent_at_when_it_was_sent'),
        ),
    ]
