import type { FeatureHandlers } from '../feature.ts'
import type { Shadows } from './shadows.ts'
import { handleShadowMessage } from './handle.ts'

export interface ShadowContext {
  shadows: Shadows
  applyLimits: () => boolean
}

/** Devices report to, read and clear their shadows (Alink 6). */
export function shadowHandlers({ shadows, applyLimits }: ShadowContext): FeatureHandlers {
  return {
    'shadow.update': (message) => {
      const { deviceId } = message.device
      const { outcome, changed } = handleShadowMessage(message, shadows.of(deviceId), applyLimits())
      return changed === null ? outcome : { ...outcome, statements: [shadows.put(deviceId, changed)] }
    },
  }
}
