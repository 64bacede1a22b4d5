//! The expansion: data in a static, one call that starts the execution, the
//! user's body in a closure or an async block, one call that ends it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprAsync, ReturnType, Stmt, Type};

use super::args::{AgentType, Args, Metrics};
use super::captures;
use super::form::Form;
use super::function::{Body, Function};
use crate::shared::location::Place;
use crate::shared::{expansion, idents};

/// `quote!` for names that are the expansion's own: the user's code neither
/// sees them nor is seen by them.
macro_rules! hygienic {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

/// What follows the start of an execution.
#[derive(Clone, Copy, PartialEq)]
enum Begun {
    /// The function's own code.
    Entered,
    /// A future, which enters at each poll.
    Polled,
}

pub(super) struct Expansion<'a> {
    args: &'a Args,
    function: &'a Function,
    body: &'a Group,
    facade: TokenStream,
    /// `facade::__private::agent`
    agent: TokenStream,
    operation: String,
    span_name: String,
    level: Ident,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(args: &'a Args, function: &'a Function) -> Option<Self> {
        let Body::Braces { group, .. } = &function.body else {
            return None;
        };
        let name = idents::text(&function.sig.ident);
        let facade = expansion::facade(args.facade.as_ref().map(|slot| &slot.value));
        Some(Self {
            args,
            function,
            body: group,
            agent: hygienic!(#facade::__private::agent),
            facade,
            operation: args
                .operation
                .as_ref()
                .map_or_else(|| name.clone(), |slot| slot.value.value()),
            span_name: args
                .name
                .as_ref()
                .map_or_else(|| format!("agent.{name}"), |slot| slot.value.value()),
            level: format_ident!("{}", args.level.as_ref().map_or("INFO", |slot| slot.value)),
        })
    }

    pub(super) fn tokens(&self) -> TokenStream {
        let judged = self.args.ok_if.is_some() || self.args.error_if.is_some();
        let body = match Form::of(self.function, judged) {
            Form::Call { dispatch } => self.call(dispatch),
            Form::Closure { block } => self.closure(block),
            Form::Async => self.work(
                &hygienic!(async move),
                &self.output(),
                &self.captured_body(),
            ),
            Form::AsyncBlock {
                block,
                work,
                output,
            } => self.async_block(block, work, output),
            Form::Future { output } => self.future(output),
        };
        self.function.with_body(body)
    }

    fn call(&self, dispatch: bool) -> TokenStream {
        let agent = &self.agent;
        let begin = self.begin(false, Begun::Entered);
        let body = self.captured_body();
        let ReturnType::Type(arrow, ty) = &self.function.sig.output else {
            let judge = self.judge(&hygienic!(&__value));
            let unit = quote_spanned!(self.function.sig.ident.span()=> ());
            return hygienic! {
                #begin
                let __value = #agent::call(move || -> #unit #body);
                #agent::Execution::finish(&mut __execution, #judge);
                __value
            };
        };
        if matches!(**ty, Type::Never(_)) {
            return hygienic! {
                #begin
                #agent::call(move || #body);
                loop {}
            };
        }
        let returned = erase_impl_trait(ty);
        let finish = if dispatch {
            let judge = self.judge(&hygienic!(__value));
            // At the return type: that is where a future that cannot be timed
            // is reported.
            let finish = Ident::new("finish", Span::mixed_site().located_at(ty.span()));
            hygienic! {
                {
                    #[allow(unused_imports)]
                    use #agent::{AnyFuture as _, LocalFuture as _, NoFuture as _, SendFuture as _};
                    (&&&&#agent::Returned(&__value)).__caxton_kind()
                }
                .#finish(&mut __execution, __value, move |__value| #judge)
            }
        } else {
            let judge = self.judge(&hygienic!(&__value));
            hygienic! {
                #agent::Execution::finish(&mut __execution, #judge);
                __value
            }
        };
        hygienic! {
            #begin
            let __value = #agent::call(move || #arrow #returned #body);
            #finish
        }
    }

    fn closure(&self, block: &Block) -> TokenStream {
        let agent = &self.agent;
        let begin = self.begin(false, Begun::Entered);
        let (last, before) = split(block);
        hygienic! {
            #begin
            #(#before)*
            #agent::Execution::finish(&mut __execution, #agent::Verdict::Ok);
            #last
        }
    }

    fn future(&self, output: Option<&Type>) -> TokenStream {
        let agent = &self.agent;
        let begin = self.begin(true, Begun::Entered);
        let body = self.captured_body();
        let judge = self.judge(&hygienic!(__value));
        let output = output.map_or_else(
            || hygienic!(_),
            |ty| erase_impl_trait(ty).into_token_stream(),
        );
        hygienic! {
            #begin
            let __future = #agent::future_of::<#output, _>(#agent::call(move || #body));
            #agent::measured(#agent::Execution::postpone(&mut __execution), __future, move |__value| #judge)
        }
    }

    fn async_block(&self, block: &Block, work: &ExprAsync, output: &Type) -> TokenStream {
        let (last, before) = split(block);
        let capture = &work.capture;
        let attrs = &work.attrs;
        let stmts = &work.block.stmts;
        let mut body = Group::new(Delimiter::Brace, hygienic!(#(#stmts)*));
        body.set_span(work.block.brace_token.span.join());
        let inner = self.work(&hygienic!(async #capture), output, &body);
        // The outer block owns what the options name, however the user's own
        // block captures.
        let work = hygienic!(#(#attrs)* async move { #inner });
        let last = match last {
            Some(Stmt::Expr(Expr::Call(call), _)) => {
                let (attrs, func) = (&call.attrs, &call.func);
                hygienic!(#(#attrs)* #func(#work))
            }
            _ => work,
        };
        hygienic!(#(#before)* #last)
    }

    /// The body, to stand in a block of its own.
    fn captured_body(&self) -> Group {
        let in_order = captures::in_order(&self.function.sig, self.body);
        let stmts = self.body.stream();
        let mut body = Group::new(Delimiter::Brace, hygienic!(#in_order #stmts));
        body.set_span(self.body.span());
        body
    }

    /// The inside of an async function or block.
    fn work(&self, keyword: &TokenStream, output: &Type, body: &Group) -> TokenStream {
        let agent = &self.agent;
        let begin = self.begin(true, Begun::Polled);
        if matches!(output, Type::Never(_)) {
            return hygienic! {
                #begin
                #agent::poll_in(&mut __execution, #keyword #body).await;
                loop {}
            };
        }
        let judge = self.judge(&hygienic!(&__value));
        let returned = erase_impl_trait(output);
        // Never run: it tells the block's type before its body is read, as
        // the signature of the function would.
        let returned = quote_spanned! {Span::mixed_site().located_at(output.span())=>
            #[allow(
                unreachable_code,
                clippy::diverging_sub_expression,
                clippy::empty_loop,
                clippy::let_unit_value,
                clippy::let_with_type_underscore,
                clippy::needless_return,
                clippy::unreachable,
            )]
            if false {
                let __returned: #returned = loop {};
                return __returned;
            }
        };
        // One pair of braces, the user's: a second one would be "unnecessary".
        let stmts = body.stream();
        let mut body_of_type = Group::new(Delimiter::Brace, hygienic!(#returned #stmts));
        body_of_type.set_span(body.span());
        hygienic! {
            #begin
            let __value = #agent::poll_in(&mut __execution, #keyword #body_of_type).await;
            #agent::Execution::finish(&mut __execution, #judge);
            __value
        }
    }

    fn output(&self) -> Type {
        match &self.function.sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => {
                let span = self.function.sig.ident.span();
                Type::Verbatim(quote_spanned!(span=> ()))
            }
        }
    }

    /// Starts the execution: statements that make `__execution`.
    fn begin(&self, is_async: bool, how: Begun) -> TokenStream {
        let agent = &self.agent;
        let site = self.site(is_async);
        let instance = match self.args.metrics.as_ref().map(|slot| &slot.value) {
            Some(Metrics::Instance { expr, .. }) => Some(expr),
            _ => None,
        };
        let agent_type = self.args.agent_type.as_ref().map(|slot| &slot.value);
        let plain =
            instance.is_none() && self.args.fields.is_none() && self.args.agent_id.is_none();
        if let (true, Some(AgentType::Literal(_))) = (plain, agent_type) {
            let begin = match (how, self.args.skip_span.is_some()) {
                (Begun::Entered, true) => hygienic!(enter_without_span),
                (Begun::Entered, false) => hygienic!(enter),
                (Begun::Polled, true) => hygienic!(begin_without_span),
                (Begun::Polled, false) => hygienic!(begin),
            };
            return hygienic!(let mut __execution = #agent::Site::#begin(#site););
        }
        let text = match agent_type {
            Some(AgentType::Literal(text)) => hygienic!(#text),
            Some(AgentType::Open(expr)) => {
                quote_spanned!(Span::mixed_site().located_at(expr.span())=> &(#expr))
            }
            None => hygienic!(""),
        };
        let span = self.span();
        let begin = match (instance, agent_type) {
            (Some(set), _) => {
                let set = quote_spanned!(Span::mixed_site().located_at(set.span())=> &(#set));
                hygienic!(#agent::SiteOf::begin_in(&__site, #set, __agent_type, __span))
            }
            (None, Some(AgentType::Literal(_))) => {
                hygienic!(#agent::Site::begin_with(__site, __span))
            }
            (None, _) => hygienic!(#agent::Site::begin_as(__site, __agent_type, __span)),
        };
        let enter =
            (how == Begun::Entered).then(|| hygienic!(#agent::Execution::enter(&mut __execution);));
        hygienic! {
            let mut __execution = {
                let __site = #site;
                let __agent_type: &#agent::Str = #text;
                let __span = #span;
                #begin
            };
            #enter
        }
    }

    /// The static that describes the function, registered for the catalog: an
    /// expression of type `&'static Site`, or `SiteOf<Set>` for an instance.
    ///
    /// Its braces hold no expression of the user's, which the glob imports
    /// could change the meaning of.
    fn site(&self, is_async: bool) -> TokenStream {
        let Self {
            facade,
            agent,
            operation,
            level,
            ..
        } = self;
        let (set, instance) = match self.args.metrics.as_ref().map(|slot| &slot.value) {
            None => (None, false),
            Some(Metrics::Set(set)) => (Some(set), false),
            Some(Metrics::Instance { set, .. }) => (set.as_ref(), true),
        };
        let named = set.map_or_else(
            || hygienic!(__DefaultAgentMetrics),
            ToTokens::to_token_stream,
        );
        let agent_type = match self.args.agent_type.as_ref().map(|slot| &slot.value) {
            Some(AgentType::Literal(text)) => hygienic!(__caxton::AgentType::Literal(#text)),
            _ => hygienic!(__caxton::AgentType::Open),
        };
        let span_name = if self.args.skip_span.is_some() {
            ""
        } else {
            &self.span_name
        };
        let place = Place::of(self.function.sig.ident.span()).parts();
        let value = if instance {
            hygienic!(__caxton::__private::agent::SiteOf::<#named>::new(&__SITE))
        } else {
            hygienic!(&__SITE)
        };
        let site = hygienic! {
            static __SITE: __caxton::__private::agent::Site = __caxton::__private::agent::Site::new::<#named>(
                &__SITE,
                #agent_type,
                #operation,
                #span_name,
                #is_async,
                __caxton::__private::tracing::Level::#level,
                #place
            );
            __caxton::__private::submit! {
                __caxton::__private::Registration::operation(__caxton::__private::agent::Site::descriptor(&__SITE))
            }
            #value
        };
        let site = if set.is_some() {
            site
        } else {
            // The crate's own default, if its root has one, else the facade's.
            hygienic! {
                #[allow(unused_imports)]
                use #agent::default_agents::*;
                {
                    #[allow(unused_imports)]
                    use crate::*;
                    #site
                }
            }
        };
        hygienic! {
            {
                #[allow(unused_imports)]
                use #facade as __caxton;
                #site
            }
        }
    }

    fn span(&self) -> TokenStream {
        let Self {
            facade,
            agent,
            level,
            span_name,
            operation,
            ..
        } = self;
        if self.args.skip_span.is_some() {
            return hygienic!(#agent::NONE);
        }
        let agent_id = self.args.agent_id.as_ref().map(|slot| &slot.value);
        let site = match self.args.metrics.as_ref().map(|slot| &slot.value) {
            Some(Metrics::Instance { .. }) => hygienic!(#agent::SiteOf::site(&__site)),
            _ => hygienic!(__site),
        };
        let Some(fields) = &self.args.fields else {
            return match agent_id {
                None => hygienic!(#agent::Site::span(#site, __agent_type)),
                Some(id) => {
                    let id = quote_spanned!(Span::mixed_site().located_at(id.span())=> &(#id));
                    hygienic!(#agent::Site::span_of(#site, __agent_type, &|__show| __show(#id)))
                }
            };
        };
        let fields = fields.value.iter().map(|field| field.tokens(agent));
        let tracing = hygienic!(#facade::__private::tracing);
        let agent_id = agent_id.map_or_else(
            || hygienic!(#tracing::field::Empty),
            |id| hygienic!(#tracing::field::display(&(#id))),
        );
        hygienic! {
            #tracing::span!(
                target: #facade::__private::std::module_path!(),
                #tracing::Level::#level,
                #span_name,
                agent_type = __agent_type,
                operation = #operation,
                agent.id = #agent_id,
                status = #tracing::field::Empty,
                error = #tracing::field::Empty,
                otel.status_code = #tracing::field::Empty,
                #(#fields),*
            )
        }
    }

    /// The verdict on what `value` refers to.
    fn judge(&self, value: &TokenStream) -> TokenStream {
        let agent = &self.agent;
        let verdict = hygienic! {
            {
                #[allow(unused_imports)]
                use #agent::{AnyOutcome as _, ByDebug as _, ByDisplay as _, ByOutcome as _};
                (&&&&#agent::Probe(#value)).__caxton_verdict()
            }
        };
        let (condition, question) = match (&self.args.ok_if, &self.args.error_if) {
            (Some(ok_if), _) => (&ok_if.value, "ok_if"),
            (None, Some(error_if)) => (&error_if.value, "error_if"),
            (None, None) => return verdict,
        };
        // The call stands wholly at the condition: that is where one of another
        // type is reported.
        let at = Span::mixed_site().located_at(condition.span());
        let import = Ident::new(question, at);
        let call = Ident::new("__judge", at);
        let mut arguments = Group::new(Delimiter::Parenthesis, hygienic!(#value, #condition));
        arguments.set_span(at);
        hygienic! {
            {
                use #agent::#import as #call;
                #verdict.overruled(#call #arguments)
            }
        }
    }
}

/// The last statement and those before it.
fn split(block: &Block) -> (Option<&Stmt>, &[Stmt]) {
    match block.stmts.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, &[]),
    }
}

/// `impl Trait` cannot be written on a local: the compiler infers it.
fn erase_impl_trait(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Eraser.visit_type_mut(&mut ty);
    ty
}

struct Eraser;

impl VisitMut for Eraser {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = Type::Verbatim(quote_spanned!(ty.span()=> _));
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}
