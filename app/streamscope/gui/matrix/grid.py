"""The grid of the access matrix: a tree whose groups fold, whose service stays in sight, walked with the arrow keys."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from streamscope.gui.matrix.delegate import MatrixDelegate, paint_band, row_height
from streamscope.gui.matrix.model import LEADING, MatrixModel

Index = QModelIndex | QPersistentModelIndex
_LEADING_SHARES = (0.2, 0.17)
"""The most of the width that authentication and channel may take."""
_NOT_TEXT = (36, 20)
"""Pixels of these columns that are no text."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MatrixGridView(QTreeView):
    """Bands over the whole width, cells below; Enter opens a cell's exchange or folds a band."""

    cell_activated = Signal(object)

    def __init__(self, model: MatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix = model
        self._closed: set[str] = set()
        self.setAccessibleName(self.tr("Access matrix"))
        self.setObjectName("matrix")
        self.setModel(model)
        delegate = MatrixDelegate(self)
        delegate.opened = self.isExpanded
        self.setItemDelegate(delegate)
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setExpandsOnDoubleClick(False)
        self.setAllColumnsShowFocus(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setSectionsMovable(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(72)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for section in range(model.columnCount()):
            leading = section < LEADING
            header.setSectionResizeMode(
                section, QHeaderView.ResizeMode.Fixed if leading else QHeaderView.ResizeMode.Stretch
            )
        self.sticky = StickyBandView(self)
        self.expanded.connect(lambda index: self._folded(index, folded=False))
        self.collapsed.connect(lambda index: self._folded(index, folded=True))
        self.verticalScrollBar().valueChanged.connect(self.sticky.follow)
        model.modelReset.connect(self._reset)
        model.dataChanged.connect(self.sticky.update)

    def fold(self, index: Index) -> None:
        """Open a closed band, close an open one."""
        index = self._matrix.index(index.row(), 0)
        self.setExpanded(index, not self.isExpanded(index))

    def fold_all(self, *, folded: bool) -> None:
        """Close or open every band."""
        if folded:
            self.collapseAll()
        else:
            self.expandAll()
        self._closed = {band.id for band in self._matrix.bands} if folded else set()
        self.sticky.follow()

    def choose_first(self) -> None:
        """Put the current cell to the first one, where there is none yet."""
        if not self.currentIndex().isValid() and self._matrix.bands:
            band = self._matrix.index(0, 0)
            cell = self._matrix.index(0, LEADING, band)
            self.setCurrentIndex(cell if cell.isValid() else band)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: arrows walk the cells, Enter opens."""
        index, key = self.currentIndex(), event.key()
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            if key in _ENTER:
                event.ignore()
                return
        elif index.isValid() and key in (*_ENTER, Qt.Key.Key_Space):
            self._activate(index)
            return
        elif index.isValid() and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._sideways(index, right=key == Qt.Key.Key_Right)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click on a band folds it, one on a cell opens its exchange."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index == self.currentIndex():
            self._activate(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()
        self.sticky.follow()

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Qt's: the delegate draws its own arrow."""

    def _activate(self, index: QModelIndex) -> None:
        if index.internalId() == 0:
            self.fold(index)
        elif (cell := self._matrix.cell_at(index)) is not None and cell.offered:
            self.cell_activated.emit(cell)

    def _sideways(self, index: QModelIndex, *, right: bool) -> None:
        if index.internalId() == 0:
            if right and self.isExpanded(index) and self._matrix.rowCount(index):
                self.setCurrentIndex(self._matrix.index(0, 0, index))
            else:
                self.setExpanded(index, right)
        elif not right and index.column() == 0:
            self.setCurrentIndex(index.parent())
        else:
            column = index.column() + (1 if right else -1)
            if column < self._matrix.columnCount():
                self.setCurrentIndex(index.siblingAtColumn(column))

    def _folded(self, index: Index, *, folded: bool) -> None:
        band = self._matrix.band_at(index)
        if band is not None:
            (self._closed.add if folded else self._closed.discard)(band.id)
        self.sticky.follow()

    def _reset(self) -> None:
        blocked = self.blockSignals(True)  # each band for itself would lay everything out again
        self.expandAll()
        for number, band in enumerate(self._matrix.bands):
            self.setFirstColumnSpanned(number, QModelIndex(), True)
            if band.id in self._closed:
                self.collapse(self._matrix.index(number, 0))
        self.blockSignals(blocked)
        self._fit()
        self.sticky.follow()

    def _fit(self) -> None:
        """Give the leading columns what their texts need, but not too much of a narrow window."""
        metrics, model = QFontMetrics(self.font()), self._matrix
        rows = {row for band in model.bands for row in band.shown}
        texts = ({model.auth_label(auth) for auth, _ in rows}, {model.channel_label(channel) for _, channel in rows})
        for section, (share, more) in enumerate(zip(_LEADING_SHARES, _NOT_TEXT, strict=True)):
            heading = str(model.headerData(section, Qt.Orientation.Horizontal))
            needed = max(metrics.horizontalAdvance(text) for text in (heading, *texts[section])) + more
            self.header().resizeSection(section, min(needed, int(self.width() * share)))


class StickyBandView(QWidget):
    """The service whose rows are at the top, where its own line is scrolled away."""

    def __init__(self, grid: MatrixGridView) -> None:
        super().__init__(grid)
        self._grid = grid
        self._row = -1
        self.hide()

    def follow(self) -> None:
        """Look at what is at the top now."""
        grid = self._grid
        top = grid.indexAt(QPoint(0, 0))
        band = top.parent() if top.parent().isValid() else top
        self._row = band.row()
        shown = band.isValid() and (top != band or grid.visualRect(band).top() < 0)
        if shown:
            height = row_height(grid.font())
            view = grid.viewport().geometry()
            follower = grid.indexAt(QPoint(0, height))
            push = 0  # the next service's line pushes this one out
            if follower.isValid() and not follower.parent().isValid() and follower.row() != band.row():
                push = min(0, grid.visualRect(follower).top() - height)
            self.setGeometry(view.left(), view.top(), view.width(), height + push)
            self.raise_()
        self.setVisible(shown)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        index = self._grid.model().index(self._row, 0)
        band = self._grid._matrix.band_at(index)  # noqa: SLF001 - a part of the grid
        if band is not None:
            painter = QPainter(self)
            height = row_height(self._grid.font())
            whole = QRect(0, self.height() - height, self.width(), height)
            paint_band(painter, whole, band, opened=self._grid.isExpanded(index))
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: the rest comes with the button's release."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: back to the service's own line."""
        event.accept()
        index = self._grid.model().index(self._row, 0)
        self._grid.setCurrentIndex(index)
        self._grid.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
