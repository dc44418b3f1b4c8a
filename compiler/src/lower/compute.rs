//! Slots: a launch template, an Auto Scaling group and its hooks each.

use std::collections::BTreeMap;

use skiff_wire::{Input, InputKind};

use super::{Lowering, identity::Roles, service::Parts};
use crate::{
    facts::limits,
    ir::{
        Expr, Handle,
        compute::{
            AutoScalingGroup, BlockDevice, Ebs, InstanceMaintenancePolicy, LaunchTemplate, LaunchTemplateData,
            LaunchTemplateReference, LifecycleHook, MetadataOptions, MetricsCollection, Monitoring, NetworkInterface,
            ProfileReference, ScheduledAction, UserData, Volume,
        },
        load_balancing::{ListExpr, TargetGroup},
    },
    resolve::RUNNER_HEALTH_PORT,
    spec::service::Kind,
};

/// What one slot is made of.
pub(super) struct SlotHandles {
    pub letter: &'static str,
    pub template: Handle<LaunchTemplate>,
    pub scaling_group: Handle<AutoScalingGroup>,
    pub target_group: Option<Handle<TargetGroup>>,
}

/// The volume of a stateful member.
pub(super) struct StatefulHandles {
    pub volume: Handle<Volume>,
    pub subnets: ListExpr,
}

impl Lowering<'_> {
    pub(super) fn slots(
        &mut self,
        parts: &Parts<'_>,
        roles: &Roles,
        stateful: Option<&StatefulHandles>,
    ) -> Vec<SlotHandles> {
        parts
            .slots()
            .iter()
            .map(|letter| {
                let target_group = self.target_group(parts, letter);
                let template = self.launch_template(parts, roles, letter);
                let scaling_group = self.scaling_group(parts, letter, &template, target_group.as_ref(), stateful);
                self.hooks(parts, letter, &scaling_group);
                SlotHandles { letter, template, scaling_group, target_group }
            })
            .collect()
    }

    fn launch_template(&mut self, parts: &Parts<'_>, roles: &Roles, letter: &'static str) -> Handle<LaunchTemplate> {
        let image_id = self.machine_image(parts.service.architecture);
        let user_data = self.user_data(parts, roles, letter);
        let root = Ebs {
            delete_on_termination: true,
            encrypted: true,
            kms_key_id: None,
            volume_size: parts.service.disk,
            volume_type: "gp3",
        };
        let interface = NetworkInterface {
            associate_public_ip_address: false,
            delete_on_termination: true,
            device_index: 0,
            groups: vec![parts.group.group_id()],
        };
        let data = LaunchTemplateData {
            block_device_mappings: vec![BlockDevice { device_name: "/dev/xvda", ebs: root }],
            ebs_optimized: true,
            iam_instance_profile: ProfileReference { arn: roles.profile.arn() },
            image_id,
            instance_type: parts.service.instance_type.clone(),
            metadata_options: MetadataOptions::version_two_only(),
            monitoring: Monitoring { enabled: true },
            network_interfaces: vec![interface],
            user_data,
        };
        let name = self.name(&[&parts.service.identity, letter]);
        let body = LaunchTemplate { launch_template_data: data, launch_template_name: name };
        let id = parts.id(format_args!("launch_template.{letter}"));
        self.ir.add(&parts.owner, id, &parts.field("size"), body)
    }

    /// The locked AMI of the architecture, or an input (`aws-rules` 6: never an alias that moves).
    fn machine_image(&mut self, architecture: &str) -> Expr {
        if let Some(ami) = self.lock.ami(&self.resolved.settings.region, architecture) {
            return Expr::text(ami);
        }
        self.input(&format!("ami_{architecture}"), || {
            let locked_by = ["skiff", "lock", "--ami", &format!("{architecture}=ami-…")].map(str::to_owned).to_vec();
            let description = format!("The machine image of {architecture} members, with the runner's boot service");
            Input { kind: InputKind::Ami, description, lookup: None, locked_by }
        })
    }

    fn user_data(&mut self, parts: &Parts<'_>, roles: &Roles, letter: &'static str) -> UserData {
        let spec = &self.resolved.spec;
        let (runner, trust_root) = (spec.runner.as_ref(), spec.trust_root.as_ref());
        let named = ("runner_digest", InputKind::RunnerDigest);
        let runner = self.digest(runner.map(ToString::to_string), named, "The runner binary that members start");
        let named = ("trust_root_digest", InputKind::TrustRootDigest);
        let trust_root = self.digest(trust_root.map(ToString::to_string), named, "The trust root that runners accept");
        UserData {
            app: spec.app.to_string(),
            environment: self.resolved.environment.to_string(),
            service: parts.name().to_owned(),
            slot: letter,
            region: self.resolved.settings.region.clone(),
            state_root: self.resolved.settings.state_root.clone(),
            runner,
            trust_root,
            architecture: parts.service.architecture,
            health_port: RUNNER_HEALTH_PORT,
            log_group: parts.log_group.clone(),
            workload_role: roles.workload_name.clone(),
        }
    }

    fn scaling_group(
        &mut self,
        parts: &Parts<'_>,
        letter: &str,
        template: &Handle<LaunchTemplate>,
        target_group: Option<&Handle<TargetGroup>>,
        stateful: Option<&StatefulHandles>,
    ) -> Handle<AutoScalingGroup> {
        let maximum = match parts.service.kind {
            Kind::Web | Kind::Worker => parts.service.maximum,
            Kind::Job | Kind::Stateful => 1,
        };
        let body = AutoScalingGroup {
            auto_scaling_group_name: self.name(&[&parts.service.identity, letter]),
            capacity_rebalance: None,
            default_instance_warmup: None,
            desired_capacity: "0",
            health_check_grace_period: None,
            health_check_type: "EC2",
            instance_maintenance_policy: parts
                .service
                .spec
                .min_healthy
                .as_ref()
                .map(|share| InstanceMaintenancePolicy::at_least(share.0 / 1_000)),
            launch_template: LaunchTemplateReference {
                launch_template_id: template.template_id(),
                version: template.latest_version(),
            },
            max_size: maximum.to_string(),
            metrics_collection: vec![MetricsCollection::of_group()],
            min_size: "0",
            target_group_arns: target_group.map(|group| vec![group.arn()]),
            termination_policies: None,
            vpc_zone_identifier: stateful.map_or_else(|| self.private_subnets(), |stateful| stateful.subnets.clone()),
        };
        let id = parts.id(format_args!("auto_scaling_group.{letter}"));
        let group = self.ir.add(&parts.owner, id, &parts.field("replicas"), body);
        if target_group.is_some() {
            let reason = "Readiness gates traffic through the target group; it must not replace VMs. The runner reports a member that liveness gives up on.";
            self.ir.accept("CKV2_AWS_15", reason);
        }
        if parts.service.kind == Kind::Job {
            self.schedule(parts, &group);
        }
        group
    }

    /// Hooks exist before capacity does: the groups are made empty (`aws-rules` 5).
    fn hooks(&mut self, parts: &Parts<'_>, letter: &str, group: &Handle<AutoScalingGroup>) {
        let startup = parts.service.probes[2].as_ref();
        let budget = startup.map_or(0, |probe| {
            probe.delay_seconds.saturating_add(probe.failures.saturating_mul(probe.interval_seconds))
        });
        let hooks = [
            (
                "launch",
                "autoscaling:EC2_INSTANCE_LAUNCHING",
                "ABANDON",
                budget.saturating_add(600).min(7_200),
                parts.origin.clone(),
            ),
            (
                "terminate",
                "autoscaling:EC2_INSTANCE_TERMINATING",
                "CONTINUE",
                parts.service.stop.grace_seconds + 120,
                parts.field("stop"),
            ),
        ];
        for (name, transition, default, timeout, origin) in hooks {
            let body = LifecycleHook {
                auto_scaling_group_name: group.name(),
                default_result: default,
                heartbeat_timeout: timeout,
                lifecycle_hook_name: self
                    .name_within(limits::HOOK_NAME_CHARACTERS, &[&parts.service.identity, letter, name]),
                lifecycle_transition: transition,
            };
            let id = parts.id(format_args!("lifecycle_hook.{letter}-{name}"));
            self.ir.add(&parts.owner, id, &origin, body);
        }
    }

    /// The schedule takes the group from 0 to 1; the runner takes it back when the job has ended.
    ///
    /// Auto Scaling cannot switch off a scheduled action, so a suspended job has none; its motion keeps the schedule.
    fn schedule(&mut self, parts: &Parts<'_>, group: &Handle<AutoScalingGroup>) {
        let spec = &parts.service.spec;
        let Some(schedule) = spec.schedule.as_ref().filter(|_| spec.suspended != Some(true)) else { return };
        let body = ScheduledAction {
            auto_scaling_group_name: group.name(),
            desired_capacity: 1,
            recurrence: schedule.value.to_string(),
            time_zone: spec.timezone.clone().unwrap_or_else(|| "Etc/UTC".into()),
        };
        self.ir.add(&parts.owner, parts.id(format_args!("schedule")), &parts.field("schedule"), body);
    }

    /// The subnets of one zone: known when Skiff makes them, else looked up.
    pub(super) fn subnets_in(&mut self, zone: &str) -> ListExpr {
        if let Some(subnet) = self.shared.private_by_zone.get(zone) {
            return ListExpr::Items(vec![subnet.clone()]);
        }
        let name = format!("private_subnet_ids_{}", zone.replace('-', "_"));
        let filters = BTreeMap::from([("availability-zone".to_owned(), zone.to_owned())]);
        let what = format!("The private subnets in {zone}");
        self.looked_up_list((&name, InputKind::SubnetList), &what, "AWS::EC2::Subnet", filters)
    }
}
