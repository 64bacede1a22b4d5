//! An expression of PromQL, with the parentheses that it needs.

use caxton_instrument::query::{
    Aggregate, Arithmetic, Call, Comparison, Expr, Logic, Part, Selection, Test,
};

use super::quote;
use super::style::Style;

/// What is laid out.
pub(crate) enum Tree {
    /// In one piece.
    Leaf(String),
    /// `head(arguments)`, the arguments in lines of their own where it is long.
    Call(String, Vec<Tree>),
    /// Two sides of an operator.
    Operator(Box<Tree>, &'static str, Box<Tree>),
    /// In parentheses.
    Group(Box<Tree>),
}

impl Tree {
    /// An expression, under the names that its metrics have at the end of a
    /// route.
    pub(super) fn of(expr: &Expr, style: Style<'_>) -> Self {
        match expr {
            Expr::Number(value) => {
                let mut out = String::new();
                quote::number(&mut out, *value);
                Self::Leaf(out)
            }
            Expr::Series { .. } => Self::Leaf(series(expr, style, None)),
            Expr::Call(Call::Rate, of) if matches!(**of, Expr::Series { .. }) => {
                let rated = series(of, style, style.rate_window());
                called(Call::Rate, Self::Leaf(rated))
            }
            Expr::Call(call, of) => called(*call, Self::of(of, style)),
            Expr::Aggregate { how, by, of } => {
                let mut head = String::from(aggregate(*how));
                if !by.is_empty() {
                    head.push_str(" by (");
                    let by: Vec<_> = by.iter().map(|label| style.route.label(label)).collect();
                    head.push_str(&by.join(", "));
                    head.push_str(") ");
                }
                Self::Call(head, vec![Self::of(of, style)])
            }
            Expr::Arithmetic(left, operator, right) => {
                operator_of(expr, left, arithmetic(*operator), right, style)
            }
            Expr::Compare(left, operator, right) => {
                operator_of(expr, left, comparison(*operator), right, style)
            }
            Expr::Logic(left, operator, right) => {
                operator_of(expr, left, logic(*operator), right, style)
            }
            Expr::Absent(of) => Self::Call(String::from("absent"), vec![Self::of(of, style)]),
            _ => Self::Leaf(String::new()),
        }
    }
}

fn operator_of(
    expr: &Expr,
    left: &Expr,
    operator: &'static str,
    right: &Expr,
    style: Style<'_>,
) -> Tree {
    let (binds, left_binds, right_binds) = (strength(expr), strength(left), strength(right));
    let group = |tree: Tree, needed: bool| {
        if needed {
            Tree::Group(Box::new(tree))
        } else {
            tree
        }
    };
    // All of these group to the left.
    let left = group(Tree::of(left, style), left_binds < binds);
    let right = group(Tree::of(right, style), right_binds <= binds);
    Tree::Operator(Box::new(left), operator, Box::new(right))
}

impl Tree {
    /// A name, a number, or series.
    pub(crate) fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    /// With an operator behind it and another side; whoever calls knows that it
    /// binds no more than both.
    pub(crate) fn then(self, operator: &'static str, right: Self) -> Self {
        Self::Operator(Box::new(self), operator, Box::new(right))
    }
}

/// How strongly an operator
/// [binds](https://prometheus.io/docs/prometheus/3.5/querying/operators/#binary-operator-precedence).
fn strength(expr: &Expr) -> u8 {
    match expr {
        Expr::Logic(_, Logic::Or, _) => 0,
        Expr::Logic(..) => 1,
        Expr::Compare(..) => 2,
        Expr::Arithmetic(_, Arithmetic::Plus | Arithmetic::Minus, _) => 3,
        Expr::Arithmetic(..) => 4,
        _ => 5,
    }
}

fn called(call: Call, of: Tree) -> Tree {
    let number = |value: f64| {
        let mut out = String::new();
        quote::number(&mut out, value);
        Tree::Leaf(out)
    };
    let (name, arguments) = match call {
        Call::Rate => ("rate", vec![of]),
        Call::Increase => ("increase", vec![of]),
        Call::Delta => ("delta", vec![of]),
        Call::MaxOverTime => ("max_over_time", vec![of]),
        Call::MinOverTime => ("min_over_time", vec![of]),
        Call::AvgOverTime => ("avg_over_time", vec![of]),
        Call::PredictLinear(seconds) => ("predict_linear", vec![of, number(seconds)]),
        Call::HistogramQuantile(share) => ("histogram_quantile", vec![number(share), of]),
        Call::HistogramFraction(bound) => {
            let from = Tree::Leaf(String::from("-Inf"));
            ("histogram_fraction", vec![from, number(bound.get()), of])
        }
        Call::HistogramAvg => ("histogram_avg", vec![of]),
        Call::HistogramCount => ("histogram_count", vec![of]),
        _ => ("", vec![of]),
    };
    Tree::Call(name.into(), arguments)
}

/// `window` stands for the one that it has.
fn series(expr: &Expr, style: Style<'_>, window: Option<&str>) -> String {
    let mut out = String::new();
    let Expr::Series {
        metric,
        part,
        matching,
        over,
    } = expr
    else {
        return out;
    };
    out.push_str(&style.route.metric(metric));
    out.push_str(match part {
        Part::Buckets | Part::BucketUpTo(_) => "_bucket",
        Part::Count => "_count",
        Part::Sum => "_sum",
        _ => "",
    });
    let own = matching.iter().map(|it| matcher(it, style));
    let mut matchers: Vec<String> = own.chain(style.matchers()).collect();
    if let Part::BucketUpTo(bound) = part {
        matchers.push(quote::bucket(bound.get(), style.route.is_pushed()));
    }
    if !matchers.is_empty() {
        // As the formatter has them, whatever the order of the code.
        matchers.sort_unstable();
        out.push('{');
        out.push_str(&matchers.join(","));
        out.push('}');
    }
    if let Some(declared) = over {
        out.push('[');
        match window {
            Some(window) => out.push_str(window),
            None => quote::window(&mut out, *declared),
        }
        out.push(']');
    }
    out
}

fn matcher(selection: &Selection, style: Style<'_>) -> String {
    let mut out = String::from(style.route.label(selection.label));
    match &selection.test {
        Test::Is(value) => equals(&mut out, "=", value, style),
        Test::IsNot(value) => equals(&mut out, "!=", value, style),
        Test::IsOneOf(values) => matches(&mut out, "=~", values, style),
        Test::IsNoneOf(values) => matches(&mut out, "!~", values, style),
        _ => {}
    }
    out
}

fn equals(out: &mut String, operator: &str, value: &str, style: Style<'_>) {
    out.push_str(operator);
    if style.has_variables() {
        quote::text_without_variables(out, value);
    } else {
        quote::text(out, value);
    }
}

fn matches(out: &mut String, operator: &str, values: &[String], style: Style<'_>) {
    let mut pattern = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            pattern.push('|');
        }
        quote::literal(&mut pattern, value);
    }
    equals(out, operator, &pattern, style);
}

fn aggregate(how: Aggregate) -> &'static str {
    match how {
        Aggregate::Max => "max",
        Aggregate::Min => "min",
        Aggregate::Avg => "avg",
        _ => "sum",
    }
}

fn arithmetic(operator: Arithmetic) -> &'static str {
    match operator {
        Arithmetic::Minus => "-",
        Arithmetic::Times => "*",
        Arithmetic::DividedBy => "/",
        _ => "+",
    }
}

fn comparison(operator: Comparison) -> &'static str {
    match operator {
        Comparison::AtLeast => ">=",
        Comparison::Below => "<",
        Comparison::AtMost => "<=",
        _ => ">",
    }
}

fn logic(operator: Logic) -> &'static str {
    match operator {
        Logic::Or => "or",
        Logic::Unless => "unless",
        _ => "and",
    }
}
