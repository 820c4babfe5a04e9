import { shopSimulator } from './shop-simulator.ts'

const [port, truthFile] = process.argv.slice(2)
await shopSimulator.start({ port: Number(port), truthFile })
