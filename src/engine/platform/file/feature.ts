import type { FeatureHandlers } from '../feature.ts'
import type { UploadDesk } from './handle.ts'
import { parseFileFrame } from '../../../shared/alink/file-upload.ts'
import { answerRequest, answerText, refuseUnread } from '../answer-request.ts'
import { beginUpload, cancelUpload, headOfFrame, takeBlock } from './handle.ts'

const style = { bizCode: 'DeviceFileUpload', members: 'message' } as const
const utf8 = new TextDecoder()

/**
 * Devices upload files over MQTT (Alink 7.6). A reply says that something is so when it is so on disk. The bytes of a block
 * that was taken lie in the file and not a second time in the trace, which a few devices would fill in minutes; a block that
 * is refused is kept whole, because that is the one to look into.
 */
export function fileHandlers(desk: UploadDesk): FeatureHandlers {
  return {
    'file.uploadInit': message => answerRequest(message, request => beginUpload(desk, message.device, request, message.receivedAt), style),
    'file.uploadSend': ({ topic, topicText, payload, device, receivedAt }) => {
      if (topic.reply)
        return { code: null, detail: null }
      const frame = parseFileFrame(payload)
      if (frame === undefined) {
        const expected = 'two bytes big-endian length of the header, the header, the data and two bytes CRC-16'
        return refuseUnread(topicText, { code: 6207, path: '', rule: 'file-upload', expected, got: `${payload.length} bytes that are too few for it` }, style)
      }
      const { header, data, crc, dataFrom } = frame
      return answerText(topicText, utf8.decode(header), request => takeBlock(desk, device, request, { data, crc, kept: headOfFrame(payload, dataFrom) }, receivedAt), style)
    },
    'file.uploadCancel': message => answerRequest(message, request => cancelUpload(desk, message.device, request, message.receivedAt), style),
  }
}
