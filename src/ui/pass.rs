//! What a widget around one `content` only hands on. A wrapper lists these methods and writes out those in which it does
//! something itself.

/// Methods of iced's `Widget<M, Theme, Renderer>` for a type whose field `content` is an `Element<M>`, its only child in the
/// tree: `children`, `diff`, `size`, `layout`, `operate`, `draw`, `mouse`, `overlay`. `same` stands before those whose
/// layout node is the content's own, `inner` where the node has the content's as its child.
macro_rules! pass {
    ($($how:ident: $($what:ident),+);+ $(;)?) => { $($($crate::ui::pass::method! { $how $what })+)+ };
}

macro_rules! method {
    ($how:ident children) => {
        fn children(&self) -> Vec<::iced::advanced::widget::Tree> {
            vec![::iced::advanced::widget::Tree::new(&self.content)]
        }
    };
    ($how:ident diff) => {
        fn diff(&self, tree: &mut ::iced::advanced::widget::Tree) {
            tree.diff_children(::std::slice::from_ref(&self.content));
        }
    };
    ($how:ident size) => {
        fn size(&self) -> ::iced::Size<::iced::Length> {
            self.content.as_widget().size()
        }

        fn size_hint(&self) -> ::iced::Size<::iced::Length> {
            self.content.as_widget().size_hint()
        }
    };
    ($how:ident layout) => {
        fn layout(
            &mut self,
            tree: &mut ::iced::advanced::widget::Tree,
            renderer: &::iced::Renderer,
            limits: &::iced::advanced::layout::Limits,
        ) -> ::iced::advanced::layout::Node {
            let node = self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits);
            $crate::ui::pass::node!($how node)
        }
    };
    ($how:ident operate) => {
        fn operate(
            &mut self,
            tree: &mut ::iced::advanced::widget::Tree,
            layout: ::iced::advanced::Layout<'_>,
            renderer: &::iced::Renderer,
            operation: &mut dyn ::iced::advanced::widget::Operation,
        ) {
            if let Some(layout) = $crate::ui::pass::place!($how layout) {
                self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
            }
        }
    };
    ($how:ident draw) => {
        fn draw(
            &self,
            tree: &::iced::advanced::widget::Tree,
            renderer: &mut ::iced::Renderer,
            theme: &::iced::Theme,
            style: &::iced::advanced::renderer::Style,
            layout: ::iced::advanced::Layout<'_>,
            cursor: ::iced::advanced::mouse::Cursor,
            viewport: &::iced::Rectangle,
        ) {
            if let Some(layout) = $crate::ui::pass::place!($how layout) {
                let content = self.content.as_widget();
                content.draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
            }
        }
    };
    ($how:ident mouse) => {
        fn mouse_interaction(
            &self,
            tree: &::iced::advanced::widget::Tree,
            layout: ::iced::advanced::Layout<'_>,
            cursor: ::iced::advanced::mouse::Cursor,
            viewport: &::iced::Rectangle,
            renderer: &::iced::Renderer,
        ) -> ::iced::advanced::mouse::Interaction {
            $crate::ui::pass::place!($how layout).map_or(::iced::advanced::mouse::Interaction::None, |layout| {
                let content = self.content.as_widget();
                content.mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
            })
        }
    };
    ($how:ident overlay) => {
        fn overlay<'b>(
            &'b mut self,
            tree: &'b mut ::iced::advanced::widget::Tree,
            layout: ::iced::advanced::Layout<'b>,
            renderer: &::iced::Renderer,
            viewport: &::iced::Rectangle,
            translation: ::iced::Vector,
        ) -> Option<::iced::advanced::overlay::Element<'b, M, ::iced::Theme, ::iced::Renderer>> {
            let layout = $crate::ui::pass::place!($how layout)?;
            self.content.as_widget_mut().overlay(&mut tree.children[0], layout, renderer, viewport, translation)
        }
    };
}

macro_rules! node {
    (same $node:ident) => {
        $node
    };
    (inner $node:ident) => {
        ::iced::advanced::layout::Node::with_children($node.size(), vec![$node])
    };
}

macro_rules! place {
    (same $layout:ident) => {
        Some($layout)
    };
    (inner $layout:ident) => {
        $layout.children().next()
    };
}

pub(crate) use {method, node, pass, place};
