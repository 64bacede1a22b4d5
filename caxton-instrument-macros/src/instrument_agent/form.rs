//! What the function is: where its own work happens, and how its outcome is
//! reached.

use syn::visit::Visit;
use syn::{
    Block, Expr, ExprAsync, ExprCall, ExprClosure, GenericArgument, Item, Macro, PathArguments,
    PathSegment, ReturnType, Stmt, Type, TypeParamBound, TypeTraitObject,
};

use super::function::{Body, Function};

pub(super) enum Form<'a> {
    /// The call is the work. `dispatch`: unless its type, known to the
    /// compiler alone, turns out to be a boxed future.
    Call { dispatch: bool },
    /// The call builds a closure: its parameters' types come from the return
    /// type, so it has to stay in the function's last place.
    Closure { block: &'a Block },
    /// An `async fn`.
    Async,
    /// The work is the async block that ends the body, bare or in `Box::pin`.
    AsyncBlock {
        block: &'a Block,
        work: &'a ExprAsync,
        output: &'a Type,
    },
    /// The work is a future that the body makes in some other way.
    Future { output: Option<&'a Type> },
}

impl<'a> Form<'a> {
    pub(super) fn of(function: &'a Function, judged: bool) -> Self {
        if function.sig.asyncness.is_some() {
            return Self::Async;
        }
        let ReturnType::Type(_, ty) = &function.sig.output else {
            return Self::Call { dispatch: false };
        };
        let block = match &function.body {
            Body::Braces {
                block: Some(block), ..
            } => Some(block),
            _ => None,
        };
        let output = output(ty);
        if let (Some(block), Some(output)) = (block, output)
            && let Some(work) = async_tail(block)
            && falls_through(block)
        {
            return Self::AsyncBlock {
                block,
                work,
                output,
            };
        }
        if is_impl_future(ty) {
            return Self::Future { output };
        }
        if let Some(block) = block
            && matches!(bare(ty), Type::ImplTrait(_))
            && !judged
            && closure_tail(block).is_some()
            && falls_through(block)
        {
            return Self::Closure { block };
        }
        Self::Call {
            dispatch: may_be_a_future(ty),
        }
    }
}

/// A type without the parentheses and groups around it.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        other => other,
    }
}

/// The return type, if it is written as a stream: its work comes after the
/// call, and its end is not one value.
pub(super) fn stream(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let is_stream = match bare(ty) {
        Type::ImplTrait(ty) => bounds_name(&ty.bounds, "Stream"),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "Pin" => boxed(type_argument(last)?)
                    .is_some_and(|object| bounds_name(&object.bounds, "Stream")),
                "BoxStream" | "LocalBoxStream" => true,
                _ => false,
            }
        }
        _ => false,
    };
    is_stream.then_some(&**ty)
}

fn bounds_name<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, name: &str) -> bool {
    bounds.into_iter().any(|bound| named(bound, name).is_some())
}

fn is_impl_future(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(ty) if ty.bounds.iter().any(|bound| future(bound).is_some()))
}

/// The output of a type that is written as a future: `impl Future<Output =
/// T>`, the same boxed and pinned, or `BoxFuture<'_, T>`.
fn output(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(|bound| output_of(future(bound)?)),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "Pin" => boxed_output(type_argument(last)?),
                "BoxFuture" | "LocalBoxFuture" => type_argument(last),
                _ => None,
            }
        }
        _ => None,
    }
}

fn boxed_output(ty: &Type) -> Option<&Type> {
    boxed(ty)?
        .bounds
        .iter()
        .find_map(|bound| output_of(future(bound)?))
}

/// The trait object of `Box<dyn ..>`.
fn boxed(ty: &Type) -> Option<&TypeTraitObject> {
    let Type::Path(path) = bare(ty) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Box")?;
    match bare(type_argument(last)?) {
        Type::TraitObject(object) => Some(object),
        _ => None,
    }
}

fn future(bound: &TypeParamBound) -> Option<&PathSegment> {
    named(bound, "Future")
}

fn named<'a>(bound: &'a TypeParamBound, name: &str) -> Option<&'a PathSegment> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    bound.path.segments.last().filter(|last| last.ident == name)
}

fn output_of(future: &PathSegment) -> Option<&Type> {
    arguments(future).find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    })
}

fn type_argument(segment: &PathSegment) -> Option<&Type> {
    arguments(segment).find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten()
}

/// Whether an alias could hide a future behind this type.
fn may_be_a_future(ty: &Type) -> bool {
    const NO_FUTURES: &[&str] = &[
        "Option", "String", "Vec", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8",
        "isize", "str", "u128", "u16", "u32", "u64", "u8", "usize",
    ];
    match bare(ty) {
        Type::Path(path) => {
            let plain = path.qself.is_none() && path.path.segments.len() == 1;
            let known = path
                .path
                .segments
                .last()
                .is_some_and(|last| NO_FUTURES.iter().any(|name| last.ident == name));
            !(plain && known)
        }
        Type::ImplTrait(_) | Type::Macro(_) => true,
        _ => false,
    }
}

fn tail(block: &Block) -> Option<&Expr> {
    match block.stmts.last() {
        Some(Stmt::Expr(expr, None)) => Some(expr),
        _ => None,
    }
}

fn closure_tail(block: &Block) -> Option<&ExprClosure> {
    match tail(block)? {
        Expr::Closure(closure) => Some(closure),
        _ => None,
    }
}

fn async_tail(block: &Block) -> Option<&ExprAsync> {
    match tail(block)? {
        Expr::Async(work) => Some(work),
        Expr::Call(call) => boxed_async(call),
        _ => None,
    }
}

/// `Box::pin(async move { .. })`, as `async_trait` writes it.
fn boxed_async(call: &ExprCall) -> Option<&ExprAsync> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let mut names = path
        .path
        .segments
        .iter()
        .rev()
        .map(|segment| &segment.ident);
    let is_box_pin = names.next().is_some_and(|name| name == "pin")
        && names.next().is_some_and(|name| name == "Box");
    match call.args.first() {
        Some(Expr::Async(work)) if is_box_pin && call.args.len() == 1 => Some(work),
        _ => None,
    }
}

/// Whether the last expression is the only way out: nothing before it returns.
fn falls_through(block: &Block) -> bool {
    let mut ways_out = WaysOut { found: false };
    let before = block.stmts.len().saturating_sub(1);
    for stmt in block.stmts.iter().take(before) {
        ways_out.visit_stmt(stmt);
    }
    !ways_out.found
}

struct WaysOut {
    found: bool,
}

impl Visit<'_> for WaysOut {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Return(_) | Expr::Try(_) => self.found = true,
            // Their returns are their own.
            Expr::Closure(_) | Expr::Async(_) => {}
            _ => syn::visit::visit_expr(self, expr),
        }
    }

    fn visit_item(&mut self, _: &Item) {}

    // A macro may return, as `bail!` does.
    fn visit_macro(&mut self, _: &Macro) {
        self.found = true;
    }
}
