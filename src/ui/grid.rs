//! Equal cells in rows: as many columns as asked, every cell of a row as tall as its tallest.

use iced::advanced::widget::{Operation, Tree, Widget};
use iced::advanced::{Clipboard, Layout, Shell, layout, mouse, renderer};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};

/// A grid of equal columns that fills its width.
pub struct Grid<'a, M> {
    cells: Vec<Element<'a, M>>,
    columns: usize,
    gap: f32,
}

impl<'a, M> Grid<'a, M> {
    /// `gap` in pixels, both ways.
    pub fn new(columns: usize, gap: f32, cells: impl IntoIterator<Item = Element<'a, M>>) -> Self {
        Self { cells: cells.into_iter().collect(), columns: columns.max(1), gap }
    }
}

impl<M> Widget<M, Theme, Renderer> for Grid<'_, M> {
    fn children(&self) -> Vec<Tree> {
        self.cells.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.cells);
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Shrink)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let width = limits.max().width;
        let columns = self.columns as f32;
        let cell = ((width - self.gap * (columns - 1.0)) / columns).floor().max(0.0);
        let mut nodes = Vec::with_capacity(self.cells.len());
        let mut y = 0.0;
        for (row, trees) in self.cells.chunks_mut(self.columns).zip(tree.children.chunks_mut(self.columns)) {
            let mut height: f32 = 0.0;
            let free = layout::Limits::new(Size::new(cell, 0.0), Size::new(cell, f32::INFINITY));
            for (element, tree) in row.iter_mut().zip(trees.iter_mut()) {
                height = height.max(element.as_widget_mut().layout(tree, renderer, &free).size().height);
            }
            let fixed = layout::Limits::new(Size::new(cell, height), Size::new(cell, height));
            for (i, (element, tree)) in row.iter_mut().zip(trees.iter_mut()).enumerate() {
                let node = element.as_widget_mut().layout(tree, renderer, &fixed);
                nodes.push(node.move_to(Point::new(i as f32 * (cell + self.gap), y)));
            }
            y += height + self.gap;
        }
        layout::Node::with_children(Size::new(width, (y - self.gap).max(0.0)), nodes)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.container(None, layout.bounds());
        operation.traverse(&mut |operation| {
            for ((cell, tree), layout) in self.cells.iter_mut().zip(&mut tree.children).zip(layout.children())
            {
                cell.as_widget_mut().operate(tree, layout, renderer, operation);
            }
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        for ((cell, tree), layout) in self.cells.iter_mut().zip(&mut tree.children).zip(layout.children()) {
            cell.as_widget_mut().update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let cells = self.cells.iter().zip(&tree.children).zip(layout.children());
        cells
            .map(|((cell, tree), layout)| {
                cell.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer)
            })
            .max()
            .unwrap_or_default()
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        for ((cell, tree), layout) in self.cells.iter().zip(&tree.children).zip(layout.children()) {
            if layout.bounds().intersects(viewport) {
                cell.as_widget().draw(tree, renderer, theme, style, layout, cursor, viewport);
            }
        }
    }
}

impl<'a, M: 'a> From<Grid<'a, M>> for Element<'a, M> {
    fn from(grid: Grid<'a, M>) -> Self {
        Element::new(grid)
    }
}
