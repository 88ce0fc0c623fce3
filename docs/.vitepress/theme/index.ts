import DefaultTheme from 'vitepress/theme'
import './style.css' // oxlint-disable-line import/no-unassigned-import -- a style sheet has no exports

export default DefaultTheme
