import { driverContractOnPorts } from './driver-ports.ts'
import { atolWeb, atolWebV1 } from './profiles/atol-web.ts'

driverContractOnPorts(atolWeb, ['http'])
driverContractOnPorts(atolWebV1, ['http'])
