//! Sizes and counts that AWS refuses to exceed.
//!
//! Characters are characters of the document that AWS stores. A number that is a quota can be raised on request; the
//! constant is the default.

/// Characters of a managed policy, white space not counted.
/// Source: IAM user guide, "IAM and AWS STS quotas", character limits.
pub const MANAGED_POLICY_CHARACTERS: usize = 6_144;

/// Characters of all inline policies of one role together, white space not counted.
/// Source: IAM user guide, "IAM and AWS STS quotas", character limits.
pub const ROLE_INLINE_POLICY_CHARACTERS: usize = 10_240;

/// Characters of a role's trust policy, white space not counted (default; at most 4,096).
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const TRUST_POLICY_CHARACTERS: usize = 2_048;

/// Managed policies on one role (default quota; at most 25).
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const MANAGED_POLICIES_PER_ROLE: usize = 10;

/// Characters of a role's name.
/// Source: IAM user guide, "IAM and AWS STS quotas", name limits.
pub const ROLE_NAME_CHARACTERS: usize = 64;

/// Characters of an instance profile's or a managed policy's name.
/// Source: IAM user guide, "IAM and AWS STS quotas", name limits.
pub const POLICY_NAME_CHARACTERS: usize = 128;

/// Characters of a security group's name.
/// Source: EC2 API reference, CreateSecurityGroup, `GroupName`.
pub const SECURITY_GROUP_NAME_CHARACTERS: usize = 255;

/// Characters of an alarm's name.
/// Source: CloudWatch API reference, PutMetricAlarm, `AlarmName`.
pub const ALARM_NAME_CHARACTERS: usize = 255;

/// Characters of a lifecycle hook's name.
/// Source: EC2 Auto Scaling API reference, PutLifecycleHook, `LifecycleHookName`.
pub const HOOK_NAME_CHARACTERS: usize = 255;

/// Characters of a database parameter group's name: letters, digits and single inner hyphens.
/// Source: Amazon RDS API reference, CreateDBParameterGroup, `DBParameterGroupName`.
pub const PARAMETER_GROUP_NAME_CHARACTERS: usize = 255;

/// Characters of a load balancer's name: letters, digits and inner hyphens.
/// Source: Elastic Load Balancing API reference, CreateLoadBalancer, `Name`.
pub const LOAD_BALANCER_NAME_CHARACTERS: usize = 32;

/// Characters of a target group's name: letters, digits and inner hyphens.
/// Source: Elastic Load Balancing API reference, CreateTargetGroup, `Name`.
pub const TARGET_GROUP_NAME_CHARACTERS: usize = 32;

/// Target groups on one application load balancer (default quota).
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
pub const TARGET_GROUPS_PER_LOAD_BALANCER: usize = 100;

/// Rules on one application load balancer, default rules not counted (default quota).
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
pub const RULES_PER_LOAD_BALANCER: usize = 100;

/// Certificates on one application load balancer, default certificates not counted (default quota).
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
pub const CERTIFICATES_PER_LOAD_BALANCER: usize = 25;

/// Target groups in one forward action.
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
pub const TARGET_GROUPS_PER_ACTION: usize = 5;

/// Values in all conditions of one rule together.
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers", condition values per rule.
pub const CONDITION_VALUES_PER_RULE: usize = 5;

/// Wildcards, `*` and `?`, in all conditions of one rule together.
/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers", condition wildcards per rule.
pub const CONDITION_WILDCARDS_PER_RULE: usize = 5;

/// Characters of a value of a condition, also of a regular expression.
/// Source: Elastic Load Balancing API reference, `HttpHeaderConditionConfig`, `QueryStringConditionConfig` and their like.
pub const CONDITION_VALUE_CHARACTERS: usize = 128;

/// Characters of a header's name and of a request method in a condition.
/// Source: Elastic Load Balancing API reference, `HttpHeaderConditionConfig`, `HttpRequestMethodConditionConfig`.
pub const CONDITION_NAME_CHARACTERS: usize = 40;

/// Characters of the expression and of the replacement of a rewrite.
/// Source: Elastic Load Balancing API reference, `RewriteConfig`.
pub const REWRITE_CHARACTERS: usize = 1_024;

/// Characters of a redirect's host, of its path and of its query.
/// Source: Elastic Load Balancing API reference, `RedirectActionConfig`.
pub const REDIRECT_PART_CHARACTERS: usize = 128;

/// Bytes of the body of a fixed response.
/// Source: Elastic Load Balancing API reference, `FixedResponseActionConfig`, `MessageBody`.
pub const FIXED_RESPONSE_BYTES: usize = 1_024;

/// Seconds for which a load balancer keeps a client with a target.
/// Source: Elastic Load Balancing API reference, `TargetGroupAttribute`, `stickiness.lb_cookie.duration_seconds`.
pub const STICKINESS_SECONDS: std::ops::RangeInclusive<u32> = 1..=604_800;

/// Seconds of a target group's slow start, when it has one.
/// Source: Elastic Load Balancing API reference, `TargetGroupAttribute`, `slow_start.duration_seconds`.
pub const SLOW_START_SECONDS: std::ops::RangeInclusive<u32> = 30..=900;

/// The priorities that a listener rule may have.
/// Source: Elastic Load Balancing API reference, CreateRule, `Priority`.
pub const RULE_PRIORITIES: std::ops::RangeInclusive<u32> = 1..=50_000;

/// Bytes of user data before it is encoded as base64.
/// Source: EC2 user guide, "Run commands when you launch an EC2 instance with user data input".
pub const USER_DATA_BYTES: usize = 16 * 1_024;

/// Tags that a user may set on one resource.
/// Source: Tagging AWS resources user guide, "Tag naming limits and requirements".
pub const TAGS_PER_RESOURCE: usize = 50;
