//! Compares one object with one block, row by row, and then looks for what no row took.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    applied::Written,
    difference::{Difference, What},
    form,
    left::{self, difference},
    locate::{self, Found},
    resolve::{World, referred},
    row::{Form, Match, Only, Row},
};

/// An object of the plan and a block of Terraform that should say the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides<'value> {
    /// The properties of the element.
    pub(super) plan: &'value Value,
    /// The properties of its resource.
    pub(super) root: &'value Value,
    /// The arguments of the block.
    pub(super) terraform: &'value Value,
    /// Those that were written.
    pub(super) written: &'value BTreeMap<String, Written>,
    /// Where both stand, within the resource and its own block.
    pub(super) at: (&'value str, &'value str),
    /// The same without indices, as the table names it.
    pub(super) rows_at: &'value str,
}

/// What comparing gave.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) differences: Vec<Difference>,
    /// The properties that a row took, from the element.
    pub(super) properties: BTreeSet<String>,
    /// The arguments that a row took, from the block.
    pub(super) arguments: BTreeSet<String>,
    /// The rows that had something to compare, as the table names them.
    pub(super) used: BTreeSet<String>,
}

/// The name of a row within its type.
pub(super) fn row_name(rows_at: &str, row: &Row) -> String {
    match *row {
        Row::Pair { plan, terraform, .. } | Row::Each { plan, terraform, .. } => {
            format!("{rows_at}{plan} = {terraform}")
        }
        Row::PlanOnly { plan, .. } => format!("{rows_at}{plan} ="),
        Row::TerraformOnly { terraform, .. } => format!("{rows_at} = {terraform}"),
        Row::Again { terraform, plan } => format!("{rows_at} = {terraform} (again {plan})"),
    }
}

/// Compares by every row; what no row took is left to [`left`].
pub(super) fn by_rows(world: &World<'_>, sides: Sides<'_>, rows: &[Row]) -> Outcome {
    let mut outcome = Outcome::default();
    for row in rows {
        let before = outcome.properties.len() + outcome.arguments.len();
        let mut compare = Compare { world, sides, outcome: &mut outcome };
        compare.row(row);
        if outcome.properties.len() + outcome.arguments.len() > before {
            outcome.used.insert(row_name(sides.rows_at, row));
        }
    }
    outcome
}

/// The same, with what no row took.
fn whole(world: &World<'_>, sides: Sides<'_>, rows: &[Row]) -> Outcome {
    let mut outcome = by_rows(world, sides, rows);
    let mut left = left::in_plan(sides.plan, &outcome.properties);
    left.extend(left::in_terraform(sides.terraform, sides.written, &outcome.arguments));
    left.iter_mut().for_each(|difference| place(difference, sides.at));
    outcome.differences.extend(left);
    outcome
}

/// Puts a difference of an element where the element stands.
fn place(difference: &mut Difference, (plan, terraform): (&str, &str)) {
    let (one_sided_plan, one_sided_terraform) = match difference.what {
        What::OnlyInPlan(_) => (true, false),
        What::OnlyInTerraform(_) => (false, true),
        _ => (true, true),
    };
    if one_sided_plan || !difference.property.is_empty() {
        difference.property = format!("{plan}{}", difference.property);
    }
    if one_sided_terraform || !difference.argument.is_empty() {
        let dot = if terraform.is_empty() || difference.argument.is_empty() { "" } else { "." };
        difference.argument = format!("{terraform}{dot}{}", difference.argument);
    }
}

/// One row at work.
struct Compare<'work, 'plan> {
    world: &'work World<'plan>,
    sides: Sides<'work>,
    outcome: &'work mut Outcome,
}

impl<'work> Compare<'work, '_> {
    fn row(&mut self, row: &Row) {
        match *row {
            Row::Pair { plan, terraform, form } => self.pair(plan, terraform, form),
            Row::Each { plan, terraform, matched, rows } => self.each(plan, terraform, matched, rows),
            Row::PlanOnly { plan, value, why } => self.plan_only(plan, value, why),
            Row::TerraformOnly { terraform, value, why } => self.terraform_only(terraform, value, why),
            Row::Again { terraform, plan } => self.again(terraform, plan),
        }
    }

    fn say(&mut self, property: &str, argument: &str, what: What) {
        let mut difference = difference(property.to_owned(), argument.to_owned(), what);
        place(&mut difference, self.sides.at);
        self.outcome.differences.push(difference);
    }

    fn property(&mut self, pointer: &str) -> Option<Found<'work>> {
        let found = locate::property(self.sides.plan, pointer)?;
        self.outcome.properties.insert(found.covers.clone());
        Some(found)
    }

    /// What the provider chose by itself counts only where the plan says something to compare it with.
    fn argument(&mut self, path: &str, wanted: bool) -> Option<Found<'work>> {
        let found = locate::argument(self.sides.terraform, path)?;
        if !wanted && !is_written(self.sides.written, path) {
            return None;
        }
        self.outcome.arguments.insert(found.covers.clone());
        if path == "tags_all" {
            self.outcome.arguments.insert("tags".to_owned());
        }
        Some(found)
    }

    fn pair(&mut self, pointer: &str, path: &str, form: Form) {
        let property = self.property(pointer);
        let argument = self.argument(path, property.is_some() || form == Form::Tags);
        match (property, argument) {
            (Some(property), Some(argument)) => self.values(&property, &argument, form),
            (Some(property), None) => {
                let empty = property.value.as_array().is_some_and(Vec::is_empty);
                if !empty {
                    self.say(&property.place, path, What::OnlyInPlan(property.value.clone()));
                }
            }
            (None, Some(argument)) => self.say(pointer, &argument.place, What::OnlyInTerraform(argument.value.clone())),
            (None, None) => {}
        }
    }

    fn values(&mut self, property: &Found<'_>, argument: &Found<'_>, form: Form) {
        if let Some(what) = self.judged(property, argument, form) {
            self.say(&property.place, &argument.place, what);
        }
    }

    /// What differs between a property and an argument, if anything does.
    fn judged(&self, property: &Found<'_>, argument: &Found<'_>, form: Form) -> Option<What> {
        let resolved = match (form, referred(property.value)) {
            (Form::By(attribute), Some(id)) => self.world.made(id, attribute),
            _ => self.world.resolve(property.value),
        };
        match resolved.and_then(|plan| form::alike(form, &plan, argument.value)) {
            Ok((plan, terraform)) => (plan != terraform).then_some(What::Values { plan, terraform }),
            Err(cause) => Some(What::Unclear(cause)),
        }
    }

    fn plan_only(&mut self, pointer: &str, wanted: Only, why: &'static str) {
        let Some(found) = self.property(pointer) else { return };
        match self.world.resolve(found.value) {
            Ok(value) if is_as_wanted(wanted, &value) => {}
            Ok(value) => self.say(&found.place, "", What::Exception { value, why }),
            Err(cause) => self.say(&found.place, "", What::Unclear(cause)),
        }
    }

    fn terraform_only(&mut self, path: &str, wanted: Only, why: &'static str) {
        let Some(found) = self.argument(path, path == "tags_all") else { return };
        if !is_as_wanted(wanted, found.value) {
            self.say("", &found.place, What::Exception { value: found.value.clone(), why });
        }
    }

    fn again(&mut self, path: &str, pointer: &str) {
        let Some(argument) = self.argument(path, false) else { return };
        let what = match locate::property(self.sides.root, pointer) {
            Some(property) => self.judged(&property, &argument, Form::Same),
            None => Some(What::OnlyInTerraform(argument.value.clone())),
        };
        let Some(what) = what else { return };
        let mut difference = difference(pointer.to_owned(), argument.place, what);
        // The property is the resource's, wherever the element stands.
        place(&mut difference, ("", self.sides.at.1));
        self.outcome.differences.push(difference);
    }

    fn each(&mut self, pointer: &str, path: &str, matched: Match, rows: &[Row]) {
        let property = self.property(pointer);
        let Some(argument) = self.argument(path, property.is_some()) else {
            if let Some(property) = property {
                self.say(&property.place, path, What::OnlyInPlan(property.value.clone()));
            }
            return;
        };
        let Some(property) = property else {
            return self.say(pointer, &argument.place, What::OnlyInTerraform(argument.value.clone()));
        };
        let (Some(elements), Value::Array(blocks)) = (elements(property.value), argument.value) else {
            return self.say(&property.place, &argument.place, What::Unclear("lists are wanted".to_owned()));
        };
        let written = blocks_written(self.sides.written, path);
        let blocks: Vec<(&Value, String)> =
            blocks.iter().enumerate().map(|(index, block)| (block, format!("{}[{index}]", argument.place))).collect();
        let within = Within { plan: &property.place, list: pointer, written: &written };
        self.elements(&elements, &blocks, &within, matched, rows);
    }

    fn elements(
        &mut self,
        elements: &[Value],
        blocks: &[(&Value, String)],
        within: &Within<'_>,
        matched: Match,
        rows: &[Row],
    ) {
        let mut free: Vec<usize> = (0..blocks.len()).collect();
        let mut alone = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let at = format!("{}/{index}", within.plan);
            let fits =
                |block: &&usize| self.fits((element, blocks[**block].0), index == **block, within, matched, rows);
            match free.iter().find(fits).copied() {
                Some(block) => {
                    free.retain(|other| *other != block);
                    self.element((element, &at), (blocks[block].0, &blocks[block].1), within, rows);
                }
                None => alone.push((element, at)),
            }
        }
        // Elements that fit no block are compared with the blocks that are left, so that the difference shows its place.
        for (element, at) in alone {
            if matched == Match::Content && !free.is_empty() {
                let block = free.remove(0);
                self.element((element, &at), (blocks[block].0, &blocks[block].1), within, rows);
            } else {
                self.say(&at, "", What::OnlyInPlan(element.clone()));
            }
        }
        for block in free {
            self.say("", &blocks[block].1, What::OnlyInTerraform(blocks[block].0.clone()));
        }
    }

    fn fits(
        &self,
        pair: (&Value, &Value),
        same_place: bool,
        within: &Within<'_>,
        matched: Match,
        rows: &[Row],
    ) -> bool {
        match matched {
            Match::Order => same_place,
            Match::Key(property, argument) => {
                let plan = locate::property(pair.0, property).and_then(|found| self.world.resolve(found.value).ok());
                plan.is_some() && plan.as_ref() == locate::argument(pair.1, argument).map(|found| found.value)
            }
            Match::Content => {
                whole(self.world, self.inner((pair.0, ""), (pair.1, ""), within, ""), rows).differences.is_empty()
            }
        }
    }

    fn inner<'value>(
        &self,
        plan: (&'value Value, &'value str),
        terraform: (&'value Value, &'value str),
        within: &Within<'value>,
        rows_at: &'value str,
    ) -> Sides<'value>
    where
        'work: 'value,
    {
        Sides {
            plan: plan.0,
            root: self.sides.root,
            terraform: terraform.0,
            written: within.written,
            at: (plan.1, terraform.1),
            rows_at,
        }
    }

    fn element(&mut self, plan: (&Value, &str), terraform: (&Value, &str), within: &Within<'_>, rows: &[Row]) {
        let rows_at = format!("{}{}[]", self.sides.rows_at, within.list);
        let mut inner = whole(self.world, self.inner(plan, terraform, within, &rows_at), rows);
        inner.differences.iter_mut().for_each(|difference| place(difference, self.sides.at));
        self.outcome.differences.append(&mut inner.differences);
        self.outcome.used.append(&mut inner.used);
    }
}

/// Where the elements of a list stand.
struct Within<'value> {
    /// The list's place in the plan.
    plan: &'value str,
    /// The list as the table names it.
    list: &'value str,
    /// What was written of the blocks.
    written: &'value BTreeMap<String, Written>,
}

/// The elements of a list; a map is a list of `Key` and `Value`.
fn elements(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::Object(fields) => Some(fields.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()),
        _ => None,
    }
}

fn is_written(written: &BTreeMap<String, Written>, path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match (written.get(name), rest) {
        (Some(Written::Blocks(nested)), Some(rest)) => is_written(nested, rest),
        (Some(_), _) => true,
        (None, _) => false,
    }
}

fn blocks_written(written: &BTreeMap<String, Written>, path: &str) -> BTreeMap<String, Written> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match (written.get(name), rest) {
        (Some(Written::Blocks(nested)), Some(rest)) => blocks_written(nested, rest),
        (Some(Written::Blocks(nested)), None) => nested.clone(),
        _ => BTreeMap::new(),
    }
}

fn is_as_wanted(wanted: Only, value: &Value) -> bool {
    match wanted {
        Only::Anything => true,
        Only::Json(json) => {
            serde_json::from_str::<Value>(json).is_ok_and(|json| form::plain(&json) == form::plain(value))
        }
        Only::Empty => is_empty(value),
    }
}

/// Whether nothing is set in a block.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => Map::values(fields).all(is_empty),
        _ => false,
    }
}
