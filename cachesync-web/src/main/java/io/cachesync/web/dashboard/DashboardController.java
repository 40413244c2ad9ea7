package io.cachesync.web.dashboard;

import io.cachesync.web.system.NavItem;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

@Controller
class DashboardController {
  @GetMapping("/")
  String dashboard() {
    return "dashboard/dashboard";
  }

  @Bean
  static NavItem dashboardNavItem() {
    return NavItem.forViewers(10, "/", "dashboard.title", "dashboard");
  }
}
