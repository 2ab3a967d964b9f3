import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-ota-packages'
const packages = [file, 'makes packages of files at any http address, whose size and digest are checked, and lists and deletes them'] as const
const forms = [file, 'takes a file posted as a form to the address it generates'] as const
const modules = [file, 'makes, changes, lists and deletes modules'] as const

/** Modules, update packages and the way in for their files, by action. */
export const otaPackagesApi = {
  GenerateOTAUploadURL: partial('where and with which fields a file is posted as a form', 'The file is posted to the HTTP listener for devices; a file of which no package is made is let go at the next start, or after a day.', forms),
  CreateOTAFirmware: partial('makes an update package of files that it fetches', '`FirmwareUrl` is any http or https address; size and digests that the call tells are compared with the file. The codes of refusals are our own, as the cloud does not list its own.', packages, forms),
  ModifyOTAFirmware: exact('changes name, description and custom information of an update package', packages),
  DeleteOTAFirmware: exact('deletes an update package with its files', packages),
  QueryOTAFirmware: exact('one update package with addresses of its files', packages, forms),
  ListOTAFirmware: exact('lists update packages, newest first', packages),
  CreateOTAModule: exact('makes a module of a product', modules),
  UpdateOTAModule: exact('changes alias and description of a module', modules),
  DeleteOTAModule: partial('deletes a module', 'It is refused while the module has packages; what the cloud does then is not published.', modules),
  ListOTAModuleByProduct: exact('the modules of a product, the default one first', modules),
} satisfies Record<string, Call>
