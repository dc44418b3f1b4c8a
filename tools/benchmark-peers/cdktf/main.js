// The service of the benchmark in CDK for Terraform, with the provider bindings that are built beforehand.
const { App, TerraformStack } = require("cdktf");
const { AutoscalingGroup } = require("@cdktf/provider-aws/lib/autoscaling-group");
const { CloudwatchLogGroup } = require("@cdktf/provider-aws/lib/cloudwatch-log-group");
const { DataAwsIamPolicyDocument } = require("@cdktf/provider-aws/lib/data-aws-iam-policy-document");
const { IamInstanceProfile } = require("@cdktf/provider-aws/lib/iam-instance-profile");
const { IamRole } = require("@cdktf/provider-aws/lib/iam-role");
const { IamRolePolicy } = require("@cdktf/provider-aws/lib/iam-role-policy");
const { LaunchTemplate } = require("@cdktf/provider-aws/lib/launch-template");
const { Lb } = require("@cdktf/provider-aws/lib/lb");
const { LbListener } = require("@cdktf/provider-aws/lib/lb-listener");
const { LbTargetGroup } = require("@cdktf/provider-aws/lib/lb-target-group");
const { AwsProvider } = require("@cdktf/provider-aws/lib/provider");
const { SecurityGroup } = require("@cdktf/provider-aws/lib/security-group");
const { VpcSecurityGroupEgressRule } = require("@cdktf/provider-aws/lib/vpc-security-group-egress-rule");
const { VpcSecurityGroupIngressRule } = require("@cdktf/provider-aws/lib/vpc-security-group-ingress-rule");

const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001";
const VPC = "vpc-0123456789abcdef0";

const app = new App();
const stack = new TerraformStack(app, "shop");
new AwsProvider(stack, "aws", { region: "eu-west-1", allowedAccountIds: ["111122223333"] });

const frontGroup = new SecurityGroup(stack, "load_balancer_group", { name: "shop-load-balancer", vpcId: VPC });
const memberGroup = new SecurityGroup(stack, "member_group", { name: "shop-web", vpcId: VPC });
const rule = (Kind, id, group, port, peer) =>
  new Kind(stack, id, { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, ...peer });
rule(VpcSecurityGroupIngressRule, "https_in", frontGroup, 443, { cidrIpv4: "0.0.0.0/0" });
rule(VpcSecurityGroupIngressRule, "requests_in", memberGroup, 8080, { referencedSecurityGroupId: frontGroup.id });
rule(VpcSecurityGroupEgressRule, "requests_out", frontGroup, 8080, { referencedSecurityGroupId: memberGroup.id });
rule(VpcSecurityGroupEgressRule, "https_out", memberGroup, 443, { cidrIpv4: "0.0.0.0/0" });

const log = new CloudwatchLogGroup(stack, "log", { name: "/shop/web", retentionInDays: 365 });
const trust = new DataAwsIamPolicyDocument(stack, "trust", {
  statement: [{ actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }] }],
});
const role = new IamRole(stack, "role", { name: "shop-web", assumeRolePolicy: trust.json });
const writing = new DataAwsIamPolicyDocument(stack, "writing", {
  statement: [{ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${log.arn}:*`] }],
});
new IamRolePolicy(stack, "write_logs", { role: role.id, policy: writing.json });
const profile = new IamInstanceProfile(stack, "profile", { name: "shop-web", role: role.name });

const template = new LaunchTemplate(stack, "template", {
  name: "shop-web",
  imageId: "ami-0123456789abcdef0",
  instanceType: "t4g.micro",
  iamInstanceProfile: { arn: profile.arn },
  vpcSecurityGroupIds: [memberGroup.id],
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
});

const targets = ["a", "b"].map((slot) => {
  const group = new LbTargetGroup(stack, `targets_${slot}`, {
    name: `shop-web-${slot}`,
    vpcId: VPC,
    port: 8080,
    protocol: "HTTP",
    deregistrationDelay: "30",
    healthCheck: { path: "/healthz", interval: 10, timeout: 5 },
  });
  new AutoscalingGroup(stack, `members_${slot}`, {
    name: `shop-web-${slot}`,
    minSize: 0,
    maxSize: 2,
    vpcZoneIdentifier: ["subnet-0b0b0b0b0b0b0b0b1", "subnet-0b0b0b0b0b0b0b0b2"],
    targetGroupArns: [group.arn],
    launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
  });
  return group;
});

const balancer = new Lb(stack, "load_balancer", {
  name: "shop",
  loadBalancerType: "application",
  subnets: ["subnet-0a0a0a0a0a0a0a0a1", "subnet-0a0a0a0a0a0a0a0a2"],
  securityGroups: [frontGroup.id],
  dropInvalidHeaderFields: true,
  enableDeletionProtection: true,
});
new LbListener(stack, "https", {
  loadBalancerArn: balancer.arn,
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
  certificateArn: CERTIFICATE,
  defaultAction: [
    {
      type: "forward",
      forward: {
        targetGroup: [
          { arn: targets[0].arn, weight: 100 },
          { arn: targets[1].arn, weight: 0 },
        ],
      },
    },
  ],
});

app.synth();
