//! The alerts, each as `#[alert]` has it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use super::args::Args;
use crate::shared::attrs::Keyed;
use crate::shared::expansion::{self, at};
use crate::shared::idents;

/// One of the alerts.
struct Told {
    /// What its name ends in.
    name: &'static str,
    severity: &'static str,
    /// In minutes, if at all.
    hold: Option<u32>,
    text: [&'static str; 2],
    condition: TokenStream,
}

pub(super) fn expand(args: &Args) -> TokenStream {
    let set = &args.set;
    let facade = expansion::facade(args.common.facade.as_ref().map(|facade| &facade.value));
    let prefix = args
        .common
        .name
        .as_ref()
        .map_or_else(|| prefix(set), |name| name.value.value());
    let people = people(args);
    let alerts = alerts(args).map(|told| {
        let Told {
            name,
            severity,
            hold,
            text: [summary, description],
            condition,
        } = told;
        // Where the set is named: there is no other place in the code.
        let place = at(set.span());
        let ident = Ident::new(&idents::snake(name).to_uppercase(), place);
        let severity = Ident::new(severity, place);
        let name = format!("{prefix}{name}");
        let hold = hold.map(|minutes| quote!(hold = __caxton::query::minutes(#minutes),));
        quote! {
            #[doc = #summary]
            #[doc = ""]
            #[doc = #description]
            #[__caxton::alert(
                severity = #severity,
                #hold
                name = #name,
                #people
                crate = #facade
            )]
            static #ident: __caxton::Alert = #condition;
        }
    });
    expansion::block(&facade, &quote!(#(#alerts)*))
}

/// Isolated executions do not fire: they have left the window of a share before
/// its hold is over.
fn alerts(args: &Args) -> [Told; 4] {
    let error_share = share(args.error_share.as_ref(), &quote!(0.05));
    let cancelled_share = share(args.cancelled_share.as_ref(), &quote!(0.2));
    let hang_after = args.hang_after.as_ref().map_or_else(
        || quote!(__caxton::query::minutes(15)),
        |after| expansion::taken("lasts", &after.value),
    );
    // At the set: that is where one that is no such set is shown.
    let set = &args.set;
    let set = quote_spanned!(at(set.span())=> <#set as __caxton::AgentMetricSet>);
    [
        Told {
            name: "ExecutionsFail",
            severity: "warning",
            hold: Some(10),
            text: [
                "{agent_type}: {value} of the executions end with an error.",
                "The counter of executions has them by operation; the span of each has its error.",
            ],
            condition: quote! {
                #set::EXECUTIONS
                    .share(
                        __caxton::AgentLabels::STATUS.eq(__caxton::Status::Error),
                        __caxton::query::minutes(5),
                    )
                    .by(__caxton::AgentLabels::AGENT_TYPE)
                    .above(#error_share)
            },
        },
        Told {
            name: "ExecutionsPanic",
            severity: "critical",
            hold: None,
            text: [
                "{agent_type}: {operation} panics.",
                "A panic is a mistake in the program, whatever the input: the log has its message \
                 and its place.",
            ],
            condition: quote! {
                #set::EXECUTIONS
                    .matching(__caxton::AgentLabels::STATUS.eq(__caxton::Status::Panicked))
                    .increase(__caxton::query::minutes(15))
                    .by(__caxton::AgentLabels::AGENT_TYPE)
                    .by(__caxton::AgentLabels::OPERATION)
                    .at_least(1.0)
            },
        },
        Told {
            name: "ExecutionsAreCancelled",
            severity: "warning",
            hold: Some(20),
            text: [
                "{agent_type}: {value} of the executions are cancelled.",
                "Who waits for them gives up before they are done: a time limit is too short, or \
                 they take too long.",
            ],
            condition: quote! {
                #set::EXECUTIONS
                    .share(
                        __caxton::AgentLabels::STATUS.eq(__caxton::Status::Cancelled),
                        __caxton::query::minutes(10),
                    )
                    .by(__caxton::AgentLabels::AGENT_TYPE)
                    .above(#cancelled_share)
            },
        },
        Told {
            name: "ExecutionsHang",
            severity: "critical",
            hold: Some(5),
            text: [
                "{agent_type}: executions of {operation} at {instance} do not end.",
                "Some are under way all the time, and none ended. They wait for something that \
                 does not come, or for one another.",
            ],
            condition: quote! {
                #set::EXECUTIONS_ACTIVE
                    .min_over(#hang_after)
                    .by(__caxton::ActiveLabels::AGENT_TYPE)
                    .by(__caxton::ActiveLabels::OPERATION)
                    .by_instance()
                    .at_least(1.0)
                    .unless(
                        #set::EXECUTIONS
                            .increase(#hang_after)
                            .by(__caxton::AgentLabels::AGENT_TYPE)
                            .by(__caxton::AgentLabels::OPERATION)
                            .by_instance()
                            .at_least(1.0),
                    )
            },
        },
    ]
}

fn share(stated: Option<&Keyed<Expr>>, otherwise: &TokenStream) -> TokenStream {
    let Some(stated) = stated else {
        return otherwise.clone();
    };
    let share = &stated.value;
    // At the number: that is where a percentage is shown.
    quote_spanned!(at(share.span())=> __caxton::__private::share(#share))
}

fn people(args: &Args) -> TokenStream {
    let mut people = TokenStream::new();
    if let Some(owner) = &args.common.owner {
        let owner = &owner.value;
        people.extend(quote!(owner = #owner,));
    }
    if let Some(runbook) = &args.common.runbook {
        let runbook = &runbook.value;
        people.extend(quote!(runbook = #runbook,));
    }
    people
}

/// `AgentMetrics` as `Agent`, `LightningAgents` as `LightningAgent`.
fn prefix(set: &syn::Path) -> String {
    let name = set
        .segments
        .last()
        .map(|last| idents::text(&last.ident))
        .unwrap_or_default();
    let name = name.strip_suffix("Metrics").unwrap_or(&name);
    match name.strip_suffix("Agents") {
        Some(whose) => format!("{whose}Agent"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    #[test]
    fn a_set_names_its_alerts() {
        assert_eq!(super::prefix(&parse_quote!(AgentMetrics)), "Agent");
        let own = parse_quote!(crate::agents::LightningAgents);
        assert_eq!(super::prefix(&own), "LightningAgent");
        assert_eq!(super::prefix(&parse_quote!(Planners)), "Planners");
    }
}
