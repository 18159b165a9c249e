declare module "*/static/needs.js" {
  const widget: object;
  export default widget;
}
