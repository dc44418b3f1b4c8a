//! Changes of golden specs, and what each may change in the Terraform: shared by the comparison of trees and by the plans of
//! real Terraform.

use skiff_compiler::source::SourceFile;

use crate::plan_case::PlanCase;

/// What Terraform plans after a change.
#[derive(Debug, Clone, Copy)]
pub enum Planned {
    /// These: root module, address and actions, sorted.
    Exactly(&'static [&'static str]),
    /// Any number of resources, each in its place.
    InPlace,
    /// Nothing: Terraform refuses, with these words.
    Refused(&'static str),
}

/// A change of one golden spec, and every block that it changes.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// In words.
    pub what: &'static str,
    /// The case of `golden/plan`.
    pub case: &'static str,
    /// The piece of the spec that is replaced; it stands there once.
    pub from: &'static str,
    /// What takes its place.
    pub to: &'static str,
    /// The blocks that change, as `tree_case::blocks` names them.
    pub changed: &'static [&'static str],
    /// What Terraform makes of it.
    pub planned: Planned,
}

/// The changes, each of one kind.
pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        what: "one more member",
        case: "stack",
        from: "      max: 8\n",
        to: "      max: 9\n",
        changed: &["services/web:aws_autoscaling_group.web"],
        planned: Planned::Exactly(&[
            "services/web:aws_autoscaling_group.web[\"a\"] update",
            "services/web:aws_autoscaling_group.web[\"b\"] update",
        ]),
    },
    Mutation {
        what: "another target of scaling",
        case: "stack",
        from: "      cpu: 60%\n",
        to: "      cpu: 65%\n",
        changed: &["services/web:aws_autoscaling_policy.cpu"],
        planned: Planned::Exactly(&[
            "services/web:aws_autoscaling_policy.cpu[\"a\"] update",
            "services/web:aws_autoscaling_policy.cpu[\"b\"] update",
        ]),
    },
    Mutation {
        what: "another port",
        case: "stack",
        from: "    port: 8080\n",
        to: "    port: 8090\n",
        changed: &[
            "services/web:aws_lb_target_group.web",
            "services/web:aws_vpc_security_group_egress_rule.load_balancer_to_web_8080",
            "services/web:aws_vpc_security_group_egress_rule.load_balancer_to_web_8090",
            "services/web:aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080",
            "services/web:aws_vpc_security_group_ingress_rule.web_from_load_balancer_8090",
        ],
        planned: Planned::Refused("has lifecycle.prevent_destroy set"),
    },
    Mutation {
        what: "a new queue",
        case: "stack",
        from: "  mails: {}\nbuckets:",
        to: "  mails: {}\n  returns: {}\nbuckets:",
        changed: &[
            "environment:aws_cloudwatch_metric_alarm.returns_dead",
            "environment:aws_sqs_queue.returns",
            "environment:aws_sqs_queue.returns_dead_letters",
            "environment:aws_sqs_queue_policy.returns",
            "environment:aws_sqs_queue_policy.returns_dead_letters",
            "environment:data.aws_iam_policy_document.returns_dead_letters_queue",
            "environment:data.aws_iam_policy_document.returns_queue",
        ],
        planned: Planned::Exactly(&[
            "environment:aws_cloudwatch_metric_alarm.returns_dead create",
            "environment:aws_sqs_queue.returns create",
            "environment:aws_sqs_queue.returns_dead_letters create",
            "environment:aws_sqs_queue_policy.returns create",
            "environment:aws_sqs_queue_policy.returns_dead_letters create",
        ]),
    },
    Mutation {
        what: "a queue less used",
        case: "stack",
        from: "      - name: mails\n        access: write\n",
        to: "",
        changed: &["services/web:data.aws_iam_policy_document.workload", "services/web:data.aws_sqs_queue.mails"],
        planned: Planned::Exactly(&["services/web:aws_iam_role_policy.workload update"]),
    },
    Mutation {
        what: "logs kept longer",
        case: "stack",
        from: "log_retention: 90d\n",
        to: "log_retention: 180d\n",
        changed: &[
            "environment:aws_cloudwatch_log_group.flow_logs",
            "environment:aws_cloudwatch_log_group.orders_postgresql",
            "environment:aws_cloudwatch_log_group.orders_upgrade",
            "environment:aws_s3_bucket_lifecycle_configuration.access_logs",
            "services/mailer:aws_cloudwatch_log_group.mailer",
            "services/report:aws_cloudwatch_log_group.report",
            "services/search:aws_cloudwatch_log_group.search",
            "services/web:aws_cloudwatch_log_group.web",
        ],
        planned: Planned::Exactly(&[
            // Terraform reads a policy document again when a log group that it names changes, so it cannot know the policy yet.
            "environment:aws_cloudwatch_log_group.flow_logs update",
            "environment:aws_cloudwatch_log_group.orders_postgresql update",
            "environment:aws_cloudwatch_log_group.orders_upgrade update",
            "environment:aws_iam_role_policy.flow_logs update",
            "environment:aws_s3_bucket_lifecycle_configuration.access_logs update",
            "services/mailer:aws_cloudwatch_log_group.mailer update",
            "services/mailer:aws_iam_role_policy.runtime update",
            "services/report:aws_cloudwatch_log_group.report update",
            "services/report:aws_iam_role_policy.runtime update",
            "services/search:aws_cloudwatch_log_group.search update",
            "services/search:aws_iam_role_policy.runtime update",
            "services/web:aws_cloudwatch_log_group.web update",
            "services/web:aws_iam_role_policy.runtime update",
        ]),
    },
    Mutation {
        what: "another image",
        case: "stack",
        from: "shop/web@sha256:9737",
        to: "shop/web@sha256:0000",
        changed: &[],
        planned: Planned::Exactly(&[]),
    },
    Mutation {
        what: "another tag",
        case: "stack",
        from: "  team: shop\n",
        to: "  team: store\n",
        changed: &[
            "environment:local.tags",
            "services/mailer:aws_autoscaling_group.mailer",
            "services/mailer:local.tags",
            "services/report:aws_autoscaling_group.report",
            "services/report:local.tags",
            "services/search:aws_autoscaling_group.search",
            "services/search:local.tags",
            "services/web:aws_autoscaling_group.web",
            "services/web:local.tags",
        ],
        planned: Planned::InPlace,
    },
    Mutation {
        what: "a larger volume",
        case: "stack",
        from: "      size: 50Gi\n",
        to: "      size: 60Gi\n",
        changed: &["services/search:aws_ebs_volume.search"],
        planned: Planned::Exactly(&[
            "services/search:aws_ebs_volume.search update",
            "services/search:aws_iam_role_policy.runtime update",
        ]),
    },
    Mutation {
        what: "a third zone",
        case: "stack",
        from: "  zones: 2\n",
        to: "  zones: 3\n",
        changed: &[
            "environment:local.private_subnets",
            "environment:local.public_subnets",
            "services/mailer:data.aws_subnets.private",
            "services/report:data.aws_subnets.private",
            "services/web:data.aws_subnets.private",
        ],
        planned: Planned::Exactly(&[
            "environment:aws_db_subnet_group.main update",
            "environment:aws_lb.main update",
            "environment:aws_nat_gateway.main[\"a\"] delete+create",
            "environment:aws_route.private[\"a\"] update",
            "environment:aws_route.private[\"b\"] update",
            "environment:aws_route.private[\"c\"] create",
            "environment:aws_route_table.private[\"c\"] create",
            "environment:aws_route_table_association.private[\"a\"] delete+create",
            "environment:aws_route_table_association.private[\"b\"] delete+create",
            "environment:aws_route_table_association.private[\"c\"] create",
            "environment:aws_route_table_association.public[\"a\"] delete+create",
            "environment:aws_route_table_association.public[\"b\"] delete+create",
            "environment:aws_route_table_association.public[\"c\"] create",
            "environment:aws_subnet.private[\"a\"] delete+create",
            "environment:aws_subnet.private[\"b\"] delete+create",
            "environment:aws_subnet.private[\"c\"] create",
            "environment:aws_subnet.public[\"a\"] delete+create",
            "environment:aws_subnet.public[\"b\"] delete+create",
            "environment:aws_subnet.public[\"c\"] create",
            "environment:aws_vpc_endpoint.s3 update",
        ]),
    },
];

impl Mutation {
    /// The case before, and the spec after.
    ///
    /// # Errors
    /// A case that is not there, or a piece that does not stand in it once.
    pub fn applied(&self) -> Result<(PlanCase, SourceFile), String> {
        let case = PlanCase::read(&format!("golden/plan/{}", self.case))?;
        let count = case.file.text.matches(self.from).count();
        if count != 1 {
            return Err(format!("{}: `{}` stands {count} times in {}", self.what, self.from.trim(), self.case));
        }
        let text = case.file.text.replace(self.from, self.to);
        let file = SourceFile { name: case.file.name.clone(), text };
        Ok((case, file))
    }
}
