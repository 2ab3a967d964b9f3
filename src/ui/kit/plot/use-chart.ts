import type { ComposeOption } from 'echarts/core'
import type { Ref } from 'vue'
import { useElementSize } from '@vueuse/core'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { onMounted, onScopeDispose, watch } from 'vue'

echarts.use([CanvasRenderer])

/** A chart in a box that follows its size and `option`; `onClick` is told which item of the data was clicked. */
export function useChart<Option extends ComposeOption<never>>(box: Readonly<Ref<HTMLElement | null>>, option: () => Option, onClick?: (index: number) => void): void {
  const { width } = useElementSize(box)
  let chart: echarts.ECharts | undefined
  const draw = (): void => void chart?.setOption(option(), { notMerge: true })
  onMounted(() => {
    chart = echarts.init(box.value!)
    if (onClick)
      chart.on('click', ({ dataIndex }) => onClick(dataIndex))
    draw()
  })
  watch(width, () => chart?.resize())
  watch(option, draw)
  onScopeDispose(() => chart?.dispose())
}
