export { startWarehouse, type Warehouse, type WarehouseClock, type WarehouseSettings } from './warehouse.ts'
export { readTruth, type Truth, type WarehouseEffect } from './truth.ts'
