import { driverContractOnPorts } from './driver-ports.ts'
import { atolWeb } from './profiles/atol-web.ts'

driverContractOnPorts(atolWeb, ['http'])
