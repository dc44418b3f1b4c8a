//! The monthly estimate: every billable resource is named, with its price or with why there is none.

use std::collections::BTreeMap;

use skiff_wire::{Cost, CostLine, Motion, UnknownCost};

use crate::{
    facts::prices::{self, Price, Unit},
    ir::{Body, Ir, Resource, compute::LaunchTemplate},
};

/// Hours of a month, as AWS's own calculator counts.
const HOURS: u64 = 730;

/// Estimates the cost of every billable resource.
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    let mut estimate = Estimate {
        region: ir.context.region.clone(),
        prices: BTreeMap::new(),
        lines: Vec::new(),
        unknown: Vec::new(),
        least: 0,
        peak: 0,
    };
    let groups = groups(&ir);
    for resource in ir.resources.iter().filter(|resource| resource.body.bills()) {
        estimate.resource(resource, &groups);
    }
    estimate.lines.sort_by(|a, b| (&a.resource, &a.item).cmp(&(&b.resource, &b.item)));
    estimate.unknown.sort_by(|a, b| (&a.resource, &a.item).cmp(&(&b.resource, &b.item)));
    ir.cost = Cost {
        currency: "USD".into(),
        prices_as_of: prices::as_of().into(),
        monthly: dollars(estimate.least),
        monthly_peak: dollars(estimate.peak),
        lines: estimate.lines,
        unknown: estimate.unknown,
    };
    ir
}

/// What a slot's Auto Scaling group runs, by the group's id: looked up for each group, so found once for all.
type Groups<'ir> = BTreeMap<&'ir str, (&'ir Motion, bool, &'ir LaunchTemplate)>;

fn groups(ir: &Ir) -> Groups<'_> {
    let templates: BTreeMap<&str, &LaunchTemplate> = ir.resources.iter().filter_map(launch_template).collect();
    let slots = ir.services.values().flat_map(|service| service.slots.iter().map(move |slot| (service, slot)));
    slots
        .filter_map(|(service, (letter, slot))| {
            let live = letter == "a" && service.kind != "job";
            Some((slot.auto_scaling_group.as_str(), (service, live, *templates.get(slot.launch_template.as_str())?)))
        })
        .collect()
}

fn launch_template(resource: &Resource) -> Option<(&str, &LaunchTemplate)> {
    match &resource.body {
        Body::LaunchTemplate(template) => Some((&*resource.id, template)),
        _ => None,
    }
}

struct Estimate {
    region: String,
    /// Prices already looked up: an application has many resources and few kinds of them.
    prices: BTreeMap<String, Option<(Price, String)>>,
    lines: Vec<CostLine>,
    unknown: Vec<UnknownCost>,
    least: u64,
    peak: u64,
}

impl Estimate {
    fn resource(&mut self, resource: &Resource, groups: &Groups<'_>) {
        let id = &*resource.id;
        match &resource.body {
            Body::AutoScalingGroup(_) => self.members(resource, groups),
            Body::NatGateway(_) => {
                self.line(id, "nat-gateway", "NAT gateway", (1, 1));
                self.by_use(id, "data through the NAT gateway");
            }
            Body::Eip(_) => self.line(id, "public-ipv4", "public IPv4 address", (1, 1)),
            Body::LoadBalancer(balancer) => {
                self.line(id, "alb", "Application Load Balancer", (1, 1));
                let zones = balancer.subnets.items().len().max(2) as u64;
                if balancer.scheme == "internet-facing" {
                    self.line(id, "public-ipv4", "public IPv4 address in each zone", (zones, zones));
                }
                self.by_use(id, "load balancer capacity units (LCU)");
            }
            Body::VpcEndpoint(endpoint) => match &endpoint.subnet_ids {
                Some(subnets) => {
                    let zones = subnets.len() as u64;
                    self.line(id, "interface-endpoint", "interface endpoint in each zone", (zones, zones));
                    self.by_use(id, "data through the endpoint");
                }
                None => self.line_free(id, "gateway endpoint"),
            },
            Body::Key(_) => {
                self.line(id, "kms-key", "KMS key", (1, 1));
                self.by_use(id, "requests to the key");
            }
            Body::Secret(_) => self.line(id, "secret", "secret", (1, 1)),
            Body::Alarm(alarm) => {
                let metrics = alarm.metrics.iter().filter(|query| query.metric_stat.is_some()).count() as u64;
                self.line(id, "cloudwatch-alarm-metric", "alarm metric", (metrics, metrics));
            }
            Body::Volume(volume) => {
                self.line(id, "ebs-gp3", "gp3 storage, GiB", (u64::from(volume.size), u64::from(volume.size)));
                let more =
                    volume.iops.is_some_and(|iops| iops > 3_000) || volume.throughput.is_some_and(|rate| rate > 125);
                if more {
                    self.by_use(id, "gp3 operations and throughput beyond what is included");
                }
            }
            Body::PrivateDnsNamespace(_) => self.line(id, "hosted-zone", "private hosted zone", (1, 1)),
            _ => self.by_kind(resource),
        }
    }

    fn by_kind(&mut self, resource: &Resource) {
        let id = &*resource.id;
        match &resource.body {
            Body::DatabaseInstance(database) => {
                // MariaDB costs what MySQL does (Amazon RDS pricing).
                let engine = if database.engine == "postgres" { "postgres" } else { "mysql" };
                let standby = if database.multi_az { 2 } else { 1 };
                let storage: u64 = database.allocated_storage.parse().unwrap_or(0);
                let item = format!("rds-{engine}:{}", database.instance_class);
                let label = format!("{}{}", database.instance_class, if standby == 2 { ", with standby" } else { "" });
                self.line(id, &item, &label, (standby, standby));
                let item = if standby == 2 { "rds-gp3-multi-az" } else { "rds-gp3" };
                self.line(id, item, "gp3 storage, GiB", (storage, storage));
                self.by_use(id, "backups beyond the size of the database");
            }
            Body::LogGroup(_) => self.by_use(id, "log ingestion and storage"),
            Body::Bucket(_) => self.by_use(id, "stored objects and requests"),
            Body::Queue(_) => self.by_use(id, "requests"),
            Body::Topic(_) => self.by_use(id, "notifications"),
            Body::RecordSet(_) => self.by_use(id, "DNS queries (none for aliases to a load balancer)"),
            Body::DiscoveryService(_) => self.by_use(id, "registered members"),
            Body::BackupPlan(_) | Body::BackupVault(_) => self.by_use(id, "stored backups"),
            _ => self.by_use(id, "use"),
        }
    }

    /// Members of a slot: the live slot at its minimum; at the peak of a rollout both at their maximum (`aws-rules` 1).
    fn members(&mut self, resource: &Resource, groups: &Groups<'_>) {
        let Some((service, live, template)) = groups.get(&*resource.id) else { return };
        let counts = (if *live { u64::from(service.minimum) } else { 0 }, u64::from(service.maximum));
        let data = &template.launch_template_data;
        if service.kind == "job" {
            self.by_use(&resource.id, "hours that the job runs");
            return;
        }
        self.line(&resource.id, &format!("ec2:{}", data.instance_type), &data.instance_type, counts);
        let disk = data.block_device_mappings.first().map_or(0, |device| u64::from(device.ebs.volume_size));
        self.line(&resource.id, "ebs-gp3", "gp3 root volume, GiB", (disk * counts.0, disk * counts.1));
    }

    /// The price of an item, and as a line says it.
    fn price(&mut self, item: &str) -> Option<(Price, String)> {
        if let Some(price) = self.prices.get(item) {
            return price.clone();
        }
        let price = prices::price(&self.region, item)
            .map(|price| (price, format!("{} / {}", trimmed(price.micro_dollars), price.unit)));
        self.prices.insert(item.to_owned(), price.clone());
        price
    }

    fn line(&mut self, resource: &str, item: &str, label: &str, (least, peak): (u64, u64)) {
        let Some((price, unit_price)) = self.price(item) else {
            let reason = format!("no price of `{item}` is known for {}", self.region);
            self.unknown.push(UnknownCost { resource: resource.into(), item: label.into(), reason });
            return;
        };
        let hours = if matches!(price.unit, Unit::Hour) { HOURS } else { 1 };
        let amount = |count: u64| price.micro_dollars * hours * count;
        self.least += amount(least);
        self.peak += amount(peak);
        self.lines.push(CostLine {
            resource: resource.into(),
            item: label.into(),
            quantity: if hours > 1 { format!("{least} x {HOURS} h") } else { least.to_string() },
            unit_price,
            monthly: dollars(amount(least)),
            monthly_peak: dollars(amount(peak)),
        });
    }

    fn line_free(&mut self, resource: &str, label: &str) {
        let zero = || "0.00".to_owned();
        self.lines.push(CostLine {
            resource: resource.into(),
            item: label.into(),
            quantity: "1".into(),
            unit_price: "0".into(),
            monthly: zero(),
            monthly_peak: zero(),
        });
    }

    fn by_use(&mut self, resource: &str, item: &str) {
        let reason = "billed by use".to_owned();
        self.unknown.push(UnknownCost { resource: resource.into(), item: item.into(), reason });
    }
}

/// Micro-dollars as dollars and cents, rounded half up.
fn dollars(micro: u64) -> String {
    let cents = (micro + 5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Micro-dollars with as many decimals as they need.
fn trimmed(micro: u64) -> String {
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
