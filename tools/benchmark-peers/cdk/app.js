// The service of the benchmark in AWS CDK: plain JavaScript, which is the fastest way that CDK offers.
const { App, Duration, Stack } = require("aws-cdk-lib");
const autoscaling = require("aws-cdk-lib/aws-autoscaling");
const ec2 = require("aws-cdk-lib/aws-ec2");
const elb = require("aws-cdk-lib/aws-elasticloadbalancingv2");
const iam = require("aws-cdk-lib/aws-iam");
const logs = require("aws-cdk-lib/aws-logs");

const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001";

const app = new App();
const stack = new Stack(app, "shop", { env: { account: "111122223333", region: "eu-west-1" } });

const vpc = ec2.Vpc.fromVpcAttributes(stack, "network", {
  vpcId: "vpc-0123456789abcdef0",
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
  publicSubnetIds: ["subnet-0a0a0a0a0a0a0a0a1", "subnet-0a0a0a0a0a0a0a0a2"],
  privateSubnetIds: ["subnet-0b0b0b0b0b0b0b0b1", "subnet-0b0b0b0b0b0b0b0b2"],
});

const frontGroup = new ec2.SecurityGroup(stack, "load-balancer-group", { vpc, allowAllOutbound: false });
const memberGroup = new ec2.SecurityGroup(stack, "member-group", { vpc, allowAllOutbound: false });
frontGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), "HTTPS");
memberGroup.addIngressRule(frontGroup, ec2.Port.tcp(8080), "Requests");
frontGroup.addEgressRule(memberGroup, ec2.Port.tcp(8080), "Requests");
memberGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), "HTTPS");

const log = new logs.LogGroup(stack, "log", { logGroupName: "/shop/web", retention: logs.RetentionDays.ONE_YEAR });
const role = new iam.Role(stack, "role", { assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com") });
log.grantWrite(role);
const profile = new iam.InstanceProfile(stack, "profile", { role });

const template = new ec2.LaunchTemplate(stack, "template", {
  instanceType: new ec2.InstanceType("t4g.micro"),
  machineImage: ec2.MachineImage.genericLinux({ "eu-west-1": "ami-0123456789abcdef0" }),
  securityGroup: memberGroup,
  instanceProfile: profile,
  requireImdsv2: true,
});

const targets = ["a", "b"].map((slot) => {
  const group = new elb.ApplicationTargetGroup(stack, `targets-${slot}`, {
    vpc,
    port: 8080,
    protocol: elb.ApplicationProtocol.HTTP,
    targetType: elb.TargetType.INSTANCE,
    deregistrationDelay: Duration.seconds(30),
    healthCheck: { path: "/healthz", interval: Duration.seconds(10), timeout: Duration.seconds(5) },
  });
  const members = new autoscaling.AutoScalingGroup(stack, `members-${slot}`, {
    vpc,
    launchTemplate: template,
    minCapacity: 0,
    maxCapacity: 2,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  });
  members.attachToApplicationTargetGroup(group);
  return group;
});

const balancer = new elb.ApplicationLoadBalancer(stack, "load-balancer", {
  vpc,
  internetFacing: true,
  securityGroup: frontGroup,
  dropInvalidHeaderFields: true,
  deletionProtection: true,
});
balancer.addListener("https", {
  port: 443,
  protocol: elb.ApplicationProtocol.HTTPS,
  sslPolicy: elb.SslPolicy.TLS13_RES,
  certificates: [elb.ListenerCertificate.fromArn(CERTIFICATE)],
  open: false,
  defaultAction: elb.ListenerAction.weightedForward([
    { targetGroup: targets[0], weight: 100 },
    { targetGroup: targets[1], weight: 0 },
  ]),
});

app.synth();
