// What a Flex message may say: LINE's keywords as pixels, and for every component the properties that exist with the
// values they take. The renderer draws from these tables and warns about whatever is not in them.

export const TEXT_SIZES = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
export const IMAGE_SIZES = {
  xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220,
};
export const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
export const BORDER_WIDTHS = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
export const BUBBLE_SIZES = ["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];

const PIXELS = /^\d+(\.\d+)?px$/;
const SIGNED_PIXELS = /^-?\d+(\.\d+)?px$/;
const PERCENT = /^-?\d+(\.\d+)?%$/;
const COLOR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;

const any = () => true;
const text = (value) => typeof value === "string";
const yesOrNo = (value) => typeof value === "boolean";
const color = (value) => COLOR.test(value);
const count = (value) => Number.isInteger(value) && value >= 0;
const oneOf = (...values) => (value) => values.includes(value);
const keyword = (table, ...more) => (value) =>
  Object.hasOwn(table, value) || more.some((pattern) => pattern.test(value));
const pixels = (value) => PIXELS.test(value);
const length = (value) => PIXELS.test(value) || PERCENT.test(value);
const list = (value) => Array.isArray(value);
const ratio = (value) => /^\d+(\.\d+)?:\d+(\.\d+)?$/.test(value) && !/^0+(\.0+)?:|:0+(\.0+)?$/.test(value);

const PLACED = {
  margin: keyword(SPACES, PIXELS),
  position: oneOf("relative", "absolute"),
  offsetTop: keyword(SPACES, SIGNED_PIXELS, PERCENT),
  offsetBottom: keyword(SPACES, SIGNED_PIXELS, PERCENT),
  offsetStart: keyword(SPACES, SIGNED_PIXELS, PERCENT),
  offsetEnd: keyword(SPACES, SIGNED_PIXELS, PERCENT),
};
const PADDING = keyword(SPACES, PIXELS, PERCENT);
const ALIGN = oneOf("start", "end", "center");
const GRAVITY = oneOf("top", "bottom", "center");
const LETTERING = {
  text,
  size: keyword(TEXT_SIZES, PIXELS),
  color,
  weight: oneOf("regular", "bold"),
  style: oneOf("normal", "italic"),
  decoration: oneOf("none", "underline", "line-through"),
};

/** component type → property → "is this value one that LINE takes?" */
export const COMPONENTS = {
  box: {
    ...PLACED,
    layout: oneOf("horizontal", "vertical", "baseline"),
    contents: list,
    flex: count,
    spacing: keyword(SPACES, PIXELS),
    backgroundColor: color,
    borderColor: color,
    borderWidth: keyword(BORDER_WIDTHS, PIXELS),
    cornerRadius: keyword(SPACES, PIXELS),
    width: length,
    maxWidth: length,
    height: length,
    maxHeight: length,
    paddingAll: PADDING,
    paddingTop: PADDING,
    paddingBottom: PADDING,
    paddingStart: PADDING,
    paddingEnd: PADDING,
    justifyContent: oneOf("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
    alignItems: oneOf("center", "flex-start", "flex-end"),
    background: any,
    action: any,
  },
  text: {
    ...PLACED,
    ...LETTERING,
    contents: list,
    flex: count,
    align: ALIGN,
    gravity: GRAVITY,
    wrap: yesOrNo,
    maxLines: count,
    lineSpacing: pixels,
    adjustMode: oneOf("shrink-to-fit"),
    scaling: yesOrNo,
    action: any,
  },
  span: LETTERING,
  image: {
    ...PLACED,
    url: text,
    flex: count,
    align: ALIGN,
    gravity: GRAVITY,
    size: keyword({ ...IMAGE_SIZES, full: 0 }, PIXELS, PERCENT),
    aspectRatio: ratio,
    aspectMode: oneOf("cover", "fit"),
    backgroundColor: color,
    animated: yesOrNo,
    action: any,
  },
  icon: { ...PLACED, url: text, size: keyword(TEXT_SIZES, PIXELS), aspectRatio: ratio, scaling: yesOrNo },
  button: {
    ...PLACED,
    action: any,
    flex: count,
    color,
    style: oneOf("primary", "secondary", "link"),
    height: oneOf("sm", "md"),
    gravity: GRAVITY,
    adjustMode: oneOf("shrink-to-fit"),
    scaling: yesOrNo,
  },
  separator: { margin: PLACED.margin, color },
  filler: { flex: count },
  video: { url: text, previewUrl: text, altContent: any, aspectRatio: ratio, action: any },
};

/** Which components may stand in which kind of box. */
export const CHILDREN = {
  vertical: ["box", "button", "image", "text", "separator", "filler"],
  horizontal: ["box", "button", "image", "text", "separator", "filler"],
  baseline: ["icon", "text", "filler"],
};

export const BUBBLE = {
  size: oneOf(...BUBBLE_SIZES),
  direction: oneOf("ltr", "rtl"),
  header: any,
  hero: any,
  body: any,
  footer: any,
  styles: any,
  action: any,
};
export const BLOCK_STYLE = { backgroundColor: color, separator: yesOrNo, separatorColor: color };
export const GRADIENT = {
  angle: (value) => /^\d+(\.\d+)?deg$/.test(value),
  startColor: color,
  endColor: color,
  centerColor: color,
  centerPosition: (value) => PERCENT.test(value),
};

const PICTURED = { thumbnailImageUrl: text, imageBackgroundColor: color, title: text, text, defaultAction: any, actions: list };
const FORM = { imageAspectRatio: oneOf("rectangle", "square"), imageSize: oneOf("cover", "contain") };
/** Template type → its properties, and those of a column of either kind of row. */
export const TEMPLATES = {
  buttons: { ...PICTURED, ...FORM },
  confirm: { text, actions: list },
  carousel: { ...FORM, columns: list },
  image_carousel: { columns: list },
  column: PICTURED,
  picture: { imageUrl: text, action: any },
};

/** Action type → its properties. */
export const ACTIONS = {
  postback: {
    label: text, data: text, displayText: text, text, fillInText: text,
    inputOption: oneOf("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
  },
  message: { label: text, text },
  uri: { label: text, uri: text, altUri: any },
  datetimepicker: {
    label: text, data: text, mode: oneOf("date", "time", "datetime"), initial: text, max: text, min: text,
  },
  clipboard: { label: text, clipboardText: text },
  camera: { label: text },
  cameraRoll: { label: text },
  location: { label: text },
  richmenuswitch: { label: text, richMenuAliasId: text, data: text },
};

/**
 * Keep the properties of `source` that LINE knows, with values that it takes; tell `warn` about each other one.
 * Returns a plain object with known, valid properties only, so that nothing else can reach a style or an attribute.
 */
export function known(source, rules, path, warn) {
  const kept = {};
  for (const [name, value] of Object.entries(source ?? {})) {
    if (name === "type") continue;
    const where = path ? `${path}.${name}` : name;
    if (!Object.hasOwn(rules, name)) warn("unknownProperty", where);
    else if (value === null || value === undefined || !rules[name](value)) warn("unknownValue", `${where} = ${JSON.stringify(value)}`);
    else kept[name] = value;
  }
  return kept;
}

/** A keyword or a length as CSS. */
export function css(value, table) {
  if (value === undefined) return undefined;
  return Object.hasOwn(table, value) ? `${table[value]}px` : value;
}
