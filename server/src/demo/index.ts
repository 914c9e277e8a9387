export { demoRoutes } from './routes.ts'
export { loadSample, type SampleDeps } from './sample.ts'
export { createDemoShop, type DemoShop, type DemoShopDeps } from './shop.ts'
