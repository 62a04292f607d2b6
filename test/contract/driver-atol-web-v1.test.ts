import { driverContractOnPorts } from './driver-ports.ts'
import { atolWebV1 } from './profiles/atol-web.ts'

driverContractOnPorts(atolWebV1, ['http'])
