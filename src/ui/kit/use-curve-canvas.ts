import type { Ref, WatchSource } from 'vue'
import type { Tokens } from './tokens.ts'
import { useElementSize } from '@vueuse/core'
import { watch } from 'vue'
import { useTheme } from './use-theme.ts'

/** A canvas that is empty and ready to be painted on; lengths are CSS pixels. */
export interface CurveCanvas { context: CanvasRenderingContext2D, width: number, height: number, colors: Tokens }

/** Keeps a little curve painted, as sharp as the screen is: `draw` paints it anew when one of `changes`, its size or the theme is another. */
export function useCurveCanvas(canvas: Readonly<Ref<HTMLCanvasElement | null>>, changes: readonly (WatchSource | object)[], draw: (on: CurveCanvas) => void): void {
  const { width, height } = useElementSize(canvas)
  const { colors } = useTheme()

  function redraw(): void {
    const context = canvas.value?.getContext('2d')
    if (!canvas.value || !context || width.value < 2 || height.value < 2)
      return
    const ratio = window.devicePixelRatio || 1
    canvas.value.width = Math.round(width.value * ratio)
    canvas.value.height = Math.round(height.value * ratio)
    context.scale(ratio, ratio)
    draw({ context, width: width.value, height: height.value, colors: colors.value })
  }
  watch([...changes, width, height, colors], redraw, { flush: 'post' })
}
