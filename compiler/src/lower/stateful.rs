//! A stateful member: one zone, a volume that outlives it, backups of that volume (`aws-rules` 21).

use super::{Lowering, compute::StatefulHandles, identity::Roles, service::Parts};
use crate::{
    ir::{
        Expr, Handle, Pseudo,
        compute::Volume,
        identity::{Condition, PolicyDocument, Role, Statement},
        storage::{
            BackupLifecycle, BackupPlan, BackupPlanDocument, BackupRule, BackupSelection, BackupSelectionDocument,
            BackupVault,
        },
    },
    spec::service::StatefulVolume,
};

impl Lowering<'_> {
    pub(super) fn stateful_volume(&mut self, parts: &Parts<'_>, roles: &Roles) -> Option<StatefulHandles> {
        let spec = parts.service.spec.volume.as_ref()?;
        let zone = self.zone(parts);
        let volume = self.volume(parts, spec, &zone);
        let arn = Expr::arn("ec2", Expr::join([Expr::text("volume/"), volume.volume_id()]));
        let instances = Expr::arn("ec2", "instance/*");
        let own =
            Condition::new("StringEquals", "aws:ResourceTag/skiff:service", [Expr::text(parts.service.name.as_str())]);
        let attach =
            Statement::allow("AttachOwnVolume", ["ec2:AttachVolume", "ec2:DetachVolume"], [arn, instances]).when(own);
        self.grant(roles.runtime.id(), &parts.origin, attach);
        self.grant_attachment(parts, roles);
        let look = Statement::allow("SeeVolumes", ["ec2:DescribeVolumes"], [Expr::text("*")]);
        self.grant(roles.runtime.id(), &parts.origin, look);
        self.backups(parts, &volume);
        Some(StatefulHandles { subnets: self.subnets_in(&zone), volume })
    }

    /// EC2 opens an encrypted volume on behalf of whoever attaches it.
    ///
    /// Source: Amazon EBS user guide, "Requirements for Amazon EBS encryption", permissions for users.
    fn grant_attachment(&mut self, parts: &Parts<'_>, roles: &Roles) {
        let Some(key) = self.ir.context.key.clone() else { return };
        let via = Condition::new("StringEquals", "kms:ViaService", [Expr::text(self.ir.context.endpoint("ec2"))]);
        let resource = Condition::new("Bool", "kms:GrantIsForAWSResource", [Expr::text("true")]);
        let open = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"];
        let open = Statement::allow("OpenVolume", open, [key.clone()]).when(via.clone());
        let grant = Statement::allow("GrantVolume", ["kms:CreateGrant"], [key]).when(resource).when(via);
        self.grant(roles.runtime.id(), &parts.origin, open);
        self.grant(roles.runtime.id(), &parts.origin, grant);
    }

    fn zone(&self, parts: &Parts<'_>) -> String {
        let named = parts.service.spec.zone.as_ref().map(|zone| zone.value.clone());
        let first = || self.shared.private_by_zone.keys().next().cloned();
        named.or_else(first).or_else(|| self.resolved.settings.zones.first().cloned()).unwrap_or_default()
    }

    fn volume(&mut self, parts: &Parts<'_>, spec: &StatefulVolume, zone: &str) -> Handle<Volume> {
        let body = Volume {
            availability_zone: zone.into(),
            encrypted: true,
            iops: spec.iops.as_ref().map(|iops| iops.value),
            kms_key_id: None,
            size: spec.size.gibibytes(),
            throughput: spec.throughput.as_ref().map(|throughput| throughput.value),
            volume_type: "gp3",
        };
        let volume = self.ir.add(&parts.owner, parts.id(format_args!("volume")), &parts.field("volume"), body);
        self.ir.accept("W3010", super::network::NAMED_ZONE);
        volume
    }

    fn backups(&mut self, parts: &Parts<'_>, volume: &Handle<Volume>) {
        let origin = parts.field("backup");
        let name = self.name(&[&parts.service.identity]);
        let vault = BackupVault { backup_vault_name: name.clone(), encryption_key_arn: None };
        let vault = self.ir.add(&parts.owner, parts.id(format_args!("backup_vault")), &origin, vault);
        let spec = parts.service.spec.backup.as_ref();
        let schedule =
            spec.and_then(|backup| backup.schedule.as_ref()).map_or("0 3 * * *", |schedule| schedule.as_str());
        let keep = spec.and_then(|backup| backup.keep.as_ref()).map_or(30, |keep| keep.0 / 86_400);
        // Said, because Terraform's provider would cancel the first copy of a large volume after three hours.
        let rule = BackupRule {
            completion_window_minutes: 7 * 24 * 60,
            lifecycle: BackupLifecycle { delete_after_days: keep },
            rule_name: "scheduled".into(),
            schedule_expression: aws_cron(schedule),
            start_window_minutes: 8 * 60,
            target_backup_vault: vault.name(),
        };
        let document = BackupPlanDocument { backup_plan_name: name.clone(), backup_plan_rule: vec![rule] };
        let plan = BackupPlan { backup_plan: document };
        let plan = self.ir.add(&parts.owner, parts.id(format_args!("backup_plan")), &origin, plan);
        let role = self.backup_role(parts);
        let selection = BackupSelectionDocument {
            iam_role_arn: role.arn(),
            resources: vec![Expr::arn("ec2", Expr::join([Expr::text("volume/"), volume.volume_id()]))],
            selection_name: name,
        };
        let body = BackupSelection { backup_plan_id: plan.plan_id(), backup_selection: selection };
        self.ir.add(&parts.owner, parts.id(format_args!("backup_selection")), &origin, body);
    }

    fn backup_role(&mut self, parts: &Parts<'_>) -> Handle<Role> {
        let policy = Expr::join([
            Expr::text("arn:"),
            Expr::Pseudo(Pseudo::Partition),
            Expr::text(":iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"),
        ]);
        let body = Role {
            role_name: self.name(&[&parts.service.identity, "backup"]),
            path: self.identity_path(),
            description: format!("Lets AWS Backup copy the volume of {}", parts.service.identity),
            assume_role_policy_document: PolicyDocument::trust_own_service("backup.amazonaws.com"),
            managed_policy_arns: Some(vec![policy]),
            permissions_boundary: None,
            max_session_duration: None,
        };
        self.ir.add(&parts.owner, parts.id(format_args!("role.backup")), &parts.field("backup"), body)
    }
}

/// AWS Backup's cron has six fields, and one of the two day fields must be `?`.
///
/// Source: AWS Backup developer guide, "Create a backup plan", cron expressions. Days of the week count from Sunday = 1
/// there and from Sunday = 0 in cron, so they are written by name.
fn aws_cron(cron: &str) -> String {
    let fields: Vec<_> = cron.split(' ').collect();
    let [minute, hour, day, month, weekday] = fields[..] else { return String::new() };
    let (day, weekday) = match (day, weekday) {
        (day, "*") => (day.to_owned(), "?".to_owned()),
        (_, weekday) => ("?".to_owned(), named_weekdays(weekday)),
    };
    format!("cron({minute} {hour} {day} {month} {weekday} *)")
}

fn named_weekdays(field: &str) -> String {
    const DAYS: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let name = |text: &str| match text.parse::<usize>() {
        Ok(number) => DAYS.get(number).copied().unwrap_or("SUN").to_owned(),
        Err(_) => text.to_ascii_uppercase(),
    };
    let range = |part: &str| part.split('-').map(name).collect::<Vec<_>>().join("-");
    field.split(',').map(range).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::aws_cron;

    #[test]
    fn days_of_the_week_are_named() {
        assert_eq!(aws_cron("0 3 * * *"), "cron(0 3 * * ? *)");
        assert_eq!(aws_cron("30 2 * * 0"), "cron(30 2 ? * SUN *)");
        assert_eq!(aws_cron("0 1 * * 1-5"), "cron(0 1 ? * MON-FRI *)");
        assert_eq!(aws_cron("0 1 15 * *"), "cron(0 1 15 * ? *)");
    }
}
