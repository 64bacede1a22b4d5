//! Lines of a hundred characters at most, where an expression can be broken:
//! the layout of Prometheus's own
//! [formatter](https://github.com/prometheus/prometheus/blob/main/promql/parser/prettier.go).

use super::tree::Tree;

/// What is longer than this is broken, however deep it stands.
const WIDTH: usize = 100;

pub(super) fn lay_out(tree: &Tree) -> String {
    let mut out = String::new();
    broken(tree, 0, &mut out);
    out
}

/// In one line.
fn flat(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Leaf(text) => out.push_str(text),
        Tree::Call(head, arguments) => {
            out.push_str(head);
            out.push('(');
            for (at, argument) in arguments.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                flat(argument, out);
            }
            out.push(')');
        }
        Tree::Operator(left, operator, right) => {
            flat(left, out);
            out.push(' ');
            out.push_str(operator);
            out.push(' ');
            flat(right, out);
        }
        Tree::Group(of) => {
            out.push('(');
            flat(of, out);
            out.push(')');
        }
    }
}

/// In several lines where it is long, each deeper part indented.
fn broken(tree: &Tree, level: usize, out: &mut String) {
    let mut line = String::new();
    flat(tree, &mut line);
    if line.len() <= WIDTH {
        indent(level, out);
        out.push_str(&line);
        return;
    }
    match tree {
        Tree::Leaf(text) => {
            indent(level, out);
            out.push_str(text);
        }
        Tree::Call(head, arguments) => {
            indent(level, out);
            out.push_str(head);
            out.push_str("(\n");
            for (at, argument) in arguments.iter().enumerate() {
                if at > 0 {
                    out.push_str(",\n");
                }
                broken(argument, level + 1, out);
            }
            out.push('\n');
            indent(level, out);
            out.push(')');
        }
        Tree::Operator(left, operator, right) => {
            broken(left, level + 1, out);
            out.push('\n');
            indent(level, out);
            out.push_str(operator);
            out.push('\n');
            broken(right, level + 1, out);
        }
        Tree::Group(of) => {
            indent(level, out);
            out.push_str("(\n");
            broken(of, level + 1, out);
            out.push('\n');
            indent(level, out);
            out.push(')');
        }
    }
}

fn indent(level: usize, out: &mut String) {
    (0..level).for_each(|_| out.push_str("  "));
}
