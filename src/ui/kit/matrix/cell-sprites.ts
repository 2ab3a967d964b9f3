import type { MarkName } from '../mark-shapes.ts'
import type { Tokens } from '../tokens.ts'
import { markShapes } from '../mark-shapes.ts'

/**
 * One little picture a state, painted once for a cell size and theme and then stamped. Quiet states are shapes on the
 * bare ground; what needs attention also tints its ground, so that it is found among ten thousand.
 */
export function paintSprites(states: readonly MarkName[], colors: Tokens, cellPx: number, ratio: number): HTMLCanvasElement[] {
  return states.map((state) => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = Math.round(cellPx * ratio)
    const context = canvas.getContext('2d')
    if (context) {
      context.scale(ratio, ratio)
      paintCell(context, state, colors, cellPx)
    }
    return canvas
  })
}

function paintCell(context: CanvasRenderingContext2D, state: MarkName, colors: Tokens, cellPx: number): void {
  const shape = markShapes[state]
  const color = colors[shape.color]
  const gap = cellPx >= 10 ? 1 : 0.5
  const side = cellPx - 2 * gap
  context.fillStyle = color
  if (state === 'online') {
    context.fillRect(gap, gap, side, side)
    return
  }
  if (state === 'refused' || state === 'failed' || state === 'swapped' || state === 'dead') {
    context.globalAlpha = 0.22
    context.fillRect(gap, gap, side, side)
    context.globalAlpha = 1
  }
  const scale = side / 12
  context.translate(gap, gap)
  context.scale(scale, scale)
  const path = new Path2D(shape.path)
  if (shape.lines) {
    context.strokeStyle = color
    context.lineWidth = Math.max(2, 1.4 / scale)
    context.lineCap = 'round'
    context.stroke(path)
  }
  else {
    context.fill(path)
  }
}
