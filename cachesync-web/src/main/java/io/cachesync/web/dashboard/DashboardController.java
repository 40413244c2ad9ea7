package io.cachesync.web.dashboard;

import io.cachesync.web.system.NavItem;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

@Controller
class DashboardController {
  private final DashboardService dashboard;

  DashboardController(DashboardService dashboard) {
    this.dashboard = dashboard;
  }

  @Bean
  static NavItem dashboardNavItem() {
    return NavItem.forViewers(10, "/", "dashboard.title", "dashboard");
  }

  @GetMapping("/")
  String dashboard(Model model, Locale locale) {
    model.addAttribute("dashboard", dashboard.view(locale));
    return "dashboard/dashboard";
  }
}
